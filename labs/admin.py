from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin_base import KeptAdmin
from labs import catalogue_admin  # noqa: F401  # registered when it is imported
from labs.imports import admin as imports_admin  # noqa: F401
from labs.models import LabFollowUp, LabOrder, LabOrderStep, LabResult, LabReview


class ReviewInline(admin.StackedInline[LabReview, LabResult]):
    model = LabReview
    fields = ["at", "by", "notes"]
    readonly_fields = ("at", "by", "notes")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LabResult)
class LabResultAdmin(KeptAdmin[LabResult]):
    """Recorded through the page that everyone uses, so by the same rules; never changed afterwards."""

    list_display = ["test_type", "patient", "doctor", "status", "critical", "created_at", "reviewed"]
    list_filter = ["status", "critical", "test_type", "doctor", ("review", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["patient__user", "doctor__user", "review"]
    search_fields = ["test_type", "patient__user__last_name", "patient__user__email"]
    date_hierarchy = "created_at"
    inlines = [ReviewInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("labs:new")

    @admin.display(boolean=True)
    def reviewed(self, result: LabResult) -> bool:
        return result.review_or_none is not None


class StepInline(admin.TabularInline[LabOrderStep, LabOrder]):
    model = LabOrderStep
    fields = ["status", "at", "by", "note"]
    readonly_fields = ("status", "at", "by", "note")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LabOrder)
class LabOrderAdmin(KeptAdmin[LabOrder]):
    """Placed by doctors on their pages; here to be found."""

    list_display = ["test_type", "patient", "doctor", "priority", "status", "created_at"]
    list_filter = ["status", "priority", "doctor", "created_at"]
    list_select_related = ["patient__user", "doctor__user"]
    search_fields = ["test_type", "patient__user__first_name", "patient__user__last_name", "patient__user__email"]
    date_hierarchy = "created_at"
    inlines = [StepInline]


@admin.register(LabFollowUp)
class LabFollowUpAdmin(KeptAdmin[LabFollowUp]):
    list_display = ["patient", "doctor", "due", "note", "done_at"]
    list_filter = ["due", ("done_at", admin.EmptyFieldListFilter), "doctor"]
    list_select_related = ["patient__user", "doctor__user"]
    search_fields = ["note", "patient__user__first_name", "patient__user__last_name", "patient__user__email"]
