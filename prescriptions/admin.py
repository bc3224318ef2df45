from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import KeptAdmin
from prescriptions import checks_admin, rules_admin  # noqa: F401  # register themselves
from prescriptions.models import (
    Allergy,
    AllergyEnd,
    Prescription,
    PrescriptionStatusChange,
    RefillRequest,
)


class ChangeInline(admin.TabularInline[PrescriptionStatusChange, Prescription]):
    model = PrescriptionStatusChange
    fields = ["at", "from_status", "to_status", "refill", "by", "reason"]
    readonly_fields = ("at", "from_status", "to_status", "refill", "by", "reason")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Prescription)
class PrescriptionAdmin(KeptAdmin[Prescription]):
    """To look at: only a doctor issues a prescription, and what becomes of it is a step on its page."""

    list_display = ["medication", "patient", "doctor", "status", "created_at", "expires_at", "refills_remaining"]
    list_filter = ["status", "doctor", "created_at", "expires_at"]
    list_select_related = ["patient__user", "doctor__user"]
    search_fields = ["medication", "patient__user__last_name", "patient__user__email"]
    date_hierarchy = "created_at"
    inlines = [ChangeInline]


class AllergyEndInline(admin.StackedInline[AllergyEnd, Allergy]):
    model = AllergyEnd
    fields = ["kind", "reason", "by", "at"]
    readonly_fields = ("kind", "reason", "by", "at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Allergy)
class AllergyAdmin(KeptAdmin[Allergy]):
    """To look at: allergies are recorded and ended by their verbs, and never rewritten."""

    list_display = ["substance", "patient", "ingredient", "drug_class", "severity", "recorded_at", "recorded_by"]
    list_filter = ["severity", ("end", admin.EmptyFieldListFilter), "recorded_at"]
    list_select_related = ["patient__user", "ingredient", "drug_class", "recorded_by"]
    search_fields = ["substance", "patient__user__first_name", "patient__user__last_name", "patient__user__email"]
    date_hierarchy = "recorded_at"
    inlines = [AllergyEndInline]


@admin.register(RefillRequest)
class RefillRequestAdmin(KeptAdmin[RefillRequest]):
    """To look at: patients ask, and doctors answer on the page of the prescription."""

    list_display = ["prescription", "asked_at", "asked_by", "answer", "answered_at", "answered_by"]
    list_filter = ["answer", ("answered_at", admin.EmptyFieldListFilter), "asked_at"]
    list_select_related = ["prescription__patient__user", "asked_by", "answered_by"]
    search_fields = ["prescription__medication", "asked_by__last_name", "asked_by__email"]
    date_hierarchy = "asked_at"
