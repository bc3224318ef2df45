from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_base import KeptAdmin
from accounts.web import person
from labs import catalogue_admin  # noqa: F401  # registered when it is imported
from labs.imports import admin as imports_admin  # noqa: F401
from labs.models import LabFollowUp, LabOrder, LabOrderStep, LabResult, LabReview, ResultHold


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

    def get_queryset(self, request: HttpRequest) -> Any:
        """An administrator who is a patient too reads their own results as every patient does."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))

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

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))


class IsOpen(admin.SimpleListFilter):
    title, parameter_name = "in force", "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        in_force = ResultHold.objects.in_force().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=in_force)
        return queryset.exclude(pk__in=in_force) if self.value() == "no" else queryset


@admin.register(ResultHold)
class ResultHoldAdmin(KeptAdmin[ResultHold]):
    """What doctors hold back from patients, for who examines it; lifted on the page of the result."""

    list_display = ["test", "patient", "placed_by", "basis", "reason", "placed_at", "ends_at", "end"]
    list_filter = [
        IsOpen, "basis", "end", ("placed_by", admin.RelatedOnlyFieldListFilter), "placed_at",
    ]  # fmt: skip
    list_select_related = ["patient__user", "placed_by", "result"]
    search_fields = ["reason", "result__test_type", "patient__user__last_name", "placed_by__last_name"]
    date_hierarchy = "placed_at"
    fields = [
        "patient", "result_page", "placed_by", "placed_at", "basis", "law", "reason", "ends_at", "end", "ended_at",
        "ended_by", "lift_reason",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Not those of which the administrator is the patient."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))

    @admin.display(ordering="result__test_type")
    def test(self, hold: ResultHold) -> str:
        return hold.result.test_type

    @admin.display(description="Result")
    def result_page(self, hold: ResultHold) -> SafeString:
        return format_html('<a href="{}">{}</a>', hold.result.get_absolute_url(), hold.result.test_type)

    @admin.display
    def law(self, hold: ResultHold) -> str:
        return hold.ground.law
