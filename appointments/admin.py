from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin_base import KeptAdmin, apply_verb
from accounts.models import User
from appointments import (  # noqa: F401  # registered when they are imported
    availability_admin,
    feed_admin,
    reminder_admin,
    waiting_admin,
)
from appointments.models import Appointment, AppointmentStatusChange, RequestReturn


class HistoryInline(admin.TabularInline[AppointmentStatusChange, Appointment]):
    model = AppointmentStatusChange
    fields = ["at", "from_status", "to_status", "by", "reason"]
    readonly_fields = ("at", "from_status", "to_status", "by", "reason")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReturnInline(admin.TabularInline[RequestReturn, Appointment]):
    model = RequestReturn
    verbose_name_plural = "came back without an answer"
    fields = ["at", "to", "audience"]
    readonly_fields = ("at", "to", "audience")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(KeptAdmin[Appointment]):
    """Asked for on the page that everyone uses; status is changed by the actions alone: they are its own verbs."""

    list_display = ["patient", "doctor", "status", "requested_time", "scheduled_time", "created_at"]
    list_filter = ["status", "doctor", "requested_time", "created_at"]
    list_select_related = ["patient__user", "doctor__user"]
    search_fields = [
        "patient__user__first_name", "patient__user__last_name", "patient__user__email",
        "doctor__user__last_name", "reason",
    ]  # fmt: skip
    inlines = [HistoryInline, ReturnInline]
    actions = ["confirm", "start", "complete", "cancel", "mark_no_show"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("appointments:new")

    @admin.action(description="Confirm, at the requested time")
    def confirm(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        apply_verb(request, rows, lambda row: row.confirm(by=_who(request)), "confirmed")

    @admin.action(description="Start the visit")
    def start(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        apply_verb(request, rows, lambda row: row.start(by=_who(request)), "begun")

    @admin.action(description="Complete the visit")
    def complete(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        apply_verb(request, rows, lambda row: row.complete(by=_who(request)), "completed")

    @admin.action(description="Cancel")
    def cancel(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        reason = "Cancelled in the administration"
        apply_verb(request, rows, lambda row: row.cancel(by=_who(request), reason=reason), "cancelled")

    @admin.action(description="Record that nobody came")
    def mark_no_show(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        apply_verb(request, rows, lambda row: row.mark_no_show(by=_who(request)), "recorded as no show")


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)
