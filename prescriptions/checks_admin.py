"""What prescribers were shown and did, in the administration: to look at, and as a report."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from accounts.admin_base import KeptAdmin
from accounts.web import person
from prescriptions.models import PrescriptionFollowUp, RecordedCheck, ShownAlert
from prescriptions.override_report import PeriodForm, as_csv, override_report


class ShownAlertInline(admin.TabularInline[ShownAlert, RecordedCheck]):
    model = ShownAlert
    fields = ["severity", "rule", "medications", "description", "outcome", "reason", "note"]
    readonly_fields = ("severity", "rule", "medications", "description", "outcome", "reason", "note")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RecordedCheck)
class RecordedCheckAdmin(KeptAdmin[RecordedCheck]):
    """What prescribers were shown beside the form, when they were stopped, and when they issued a prescription."""

    list_display = ["medication", "patient", "by", "at", "status", "rule_set", "was_issued"]
    list_filter = ["status", ("prescription", admin.EmptyFieldListFilter), "at"]
    list_select_related = ["patient__user", "by", "rule_set"]
    search_fields = ["medication", "patient__user__last_name", "patient__user__email", "alerts__rule"]
    date_hierarchy = "at"
    inlines = [ShownAlertInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Not those of which the administrator is the patient."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))

    @admin.display(boolean=True, description="issued")
    def was_issued(self, kept: RecordedCheck) -> bool:
        return kept.prescription_id is not None


@admin.register(ShownAlert)
class ShownAlertAdmin(KeptAdmin[ShownAlert]):
    """Each alert that was ever shown, and the report over all."""

    change_list_template = "admin/prescriptions/shownalert/change_list.html"
    list_display = ["rule", "severity", "what", "outcome", "reason", "who", "when"]
    list_filter = ["outcome", "severity", "reason", "kind", "recorded_check__at"]
    list_select_related = ["recorded_check__by"]
    search_fields = ["rule", "recorded_check__medication", "recorded_check__patient__user__last_name"]
    date_hierarchy = "recorded_check__at"
    ordering = ["-recorded_check__at", "place"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Not those of which the administrator is the patient."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("override-rates/", wrap(self.rates), name="prescriptions_override_rates"),
            path("override-rates.csv", wrap(self.rates_csv), name="prescriptions_override_rates_csv"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="medications")
    def what(self, row: ShownAlert) -> str:
        return ", ".join(dict.fromkeys(row.medications))

    @admin.display(description="prescriber", ordering="recorded_check__by")
    def who(self, row: ShownAlert) -> str:
        return row.recorded_check.by.full_name

    @admin.display(description="at", ordering="recorded_check__at")
    def when(self, row: ShownAlert) -> Any:
        return row.recorded_check.at

    def rates(self, request: HttpRequest) -> HttpResponse:
        form = PeriodForm(request.GET)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Override rates by rule",
            "form": form,
            "lines": override_report(**form.cleaned_data) if form.is_valid() else [],
            "query": request.GET.urlencode(),
        }
        return render(
            request, "admin/prescriptions/override_rates.html", context, status=200 if form.is_valid() else 400
        )

    def rates_csv(self, request: HttpRequest) -> HttpResponse:
        form = PeriodForm(request.GET)
        if not form.is_valid():
            return self.rates(request)
        lines = override_report(**form.cleaned_data)
        response = HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        response["Content-Disposition"] = f'attachment; filename="override-rates-{since}-{until}.csv"'
        return response


@admin.register(PrescriptionFollowUp)
class PrescriptionFollowUpAdmin(KeptAdmin[PrescriptionFollowUp]):
    list_display = ["patient", "doctor", "prescription", "due", "done_at"]
    list_filter = ["due", ("done_at", admin.EmptyFieldListFilter), "doctor"]
    list_select_related = ["patient__user", "doctor__user", "prescription__patient__user"]
    search_fields = ["prescription__medication", "patient__user__last_name", "patient__user__email"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(person(request))
