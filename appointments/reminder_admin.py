"""Every reminder with its state; a failed one is tried again from here."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import KeptAdmin, apply_verb
from accounts.models import User
from appointments.reminders import Reminder


@admin.register(Reminder)
class ReminderAdmin(KeptAdmin[Reminder]):
    list_display = ["person", "visit_time", "lead_minutes", "way", "state", "tries", "why", "next_try", "sent_at"]
    list_filter = ["state", "way", "role", "visit_time"]
    list_select_related = ["person"]
    search_fields = ["person__first_name", "person__last_name", "person__email"]
    date_hierarchy = "due"
    actions = ["try_again"]

    @admin.action(description="Try again, within a minute")
    def try_again(self, request: HttpRequest, rows: QuerySet[Reminder]) -> None:
        who = cast(User, request.user)
        apply_verb(request, rows, lambda row: row.try_again(by=who), "will be tried within a minute")
