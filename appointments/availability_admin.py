"""Kinds of visit, weekly hours and absences, edited in the administration: settings, so they may be changed by hand."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from appointments.availability import Absence, AvailabilityRule, VisitKind
from appointments.booked_time import BookedTime


@admin.register(VisitKind)
class VisitKindAdmin(admin.ModelAdmin[VisitKind]):
    list_display = ["name", "code", "minutes", "buffer_minutes", "is_default", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # visits of the kind stay on record; it is switched off instead


@admin.register(AvailabilityRule)
class AvailabilityRuleAdmin(admin.ModelAdmin[AvailabilityRule]):
    """Ended by its last day rather than deleted; visits that were booked under it stay."""

    list_display = ["doctor", "weekday", "begins", "ends", "kind", "effective_from", "effective_until"]
    list_filter = ["weekday", "doctor", "kind"]
    list_select_related = ["doctor__user", "kind"]
    search_fields = ["doctor__user__first_name", "doctor__user__last_name"]
    autocomplete_fields = ["doctor"]


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin[Absence]):
    list_display = ["__str__", "begins", "ends", "reason"]
    list_filter = ["doctor", "begins"]
    list_select_related = ["doctor__user"]
    search_fields = ["reason", "doctor__user__last_name"]
    autocomplete_fields = ["doctor"]
    date_hierarchy = "begins"

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if count := BookedTime.objects.of_appointments_across(obj).count():
            one = "1 appointment is booked in that time and stays so until somebody moves or cancels it."
            more = f"{count} appointments are booked in that time and stay so until somebody moves or cancels them."
            messages.warning(request, one if count == 1 else more)
