"""How long things may wait: one row, which is there to be edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

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
