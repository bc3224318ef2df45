"""How long things may wait: one row, which is there to be edited. And the wait list, to be looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin_base import KeptAdmin
from appointments.slot_offers import SlotOffer
from appointments.wait_list import WaitingEntry
from appointments.waiting_times import WaitingTimes


@admin.register(WaitingTimes)
class WaitingTimesAdmin(admin.ModelAdmin[WaitingTimes]):
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        times, _ = WaitingTimes.objects.get_or_create(pk=WaitingTimes.THE_ONE)
        return redirect("admin:appointments_waitingtimes_change", times.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WaitingTimes | None = None) -> bool:
        return False


class OfferInline(admin.TabularInline[SlotOffer, WaitingEntry]):
    model = SlotOffer
    fields = ["begins", "offered_at", "expires_at", "answer", "answered_at", "answered_by"]
    readonly_fields = ("begins", "offered_at", "expires_at", "answer", "answered_at", "answered_by")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(WaitingEntry)
class WaitingEntryAdmin(KeptAdmin[WaitingEntry]):
    """Joined and left on the pages; here one sees in which order, and what each was offered."""

    list_display = ["patient", "doctor", "kind", "joined_at", "until_day", "ended_at", "ending"]
    list_filter = ["doctor", "ending", "joined_at", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["patient__user", "doctor__user", "kind"]
    search_fields = ["patient__user__first_name", "patient__user__last_name", "doctor__user__last_name"]
    inlines = [OfferInline]
