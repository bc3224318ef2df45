"""Who has a calendar address, so that one can be ended for a person who cannot do it themselves."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import KeptAdmin, apply_verb
from appointments.feeds import CalendarFeed


@admin.register(CalendarFeed)
class CalendarFeedAdmin(KeptAdmin[CalendarFeed]):
    list_display = ["person", "made_at", "with_details"]
    list_filter = ["with_details", "made_at"]
    list_select_related = ["person"]
    search_fields = ["person__first_name", "person__last_name", "person__email"]
    actions = ["end_address"]

    @admin.action(description="End the address")
    def end_address(self, request: HttpRequest, rows: QuerySet[CalendarFeed]) -> None:
        apply_verb(request, rows, lambda row: CalendarFeed.end(row.person), "ended")
