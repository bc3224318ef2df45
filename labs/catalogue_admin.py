"""What the laboratory measures and the limits that values are judged by, for administrators."""

from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import F, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from accounts.admin_base import KeptAdmin, apply_verb
from accounts.web import person, refusals_into
from labs.catalogue_forms import (
    AnswerForm,
    AnswerFormSet,
    LimitForm,
    NameForm,
    NameFormSet,
    RevisionForm,
    UnitForm,
    UnitFormSet,
)
from labs.models import Analyte, AnalyteName, AnalyteUnit, CodedValue, LimitBand, Panel, PanelItem


class CatalogueAdmin(admin.ModelAdmin[Any]):
    """What two people write at once is for the second of them to look at again."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            messages.error(request, "Somebody else entered the same meanwhile. Look at it and try again.")
            return redirect(request.path)


class NameInline(admin.TabularInline[AnalyteName, Analyte]):
    model, form, formset, extra = AnalyteName, NameForm, NameFormSet, 0


class UnitInline(admin.TabularInline[AnalyteUnit, Analyte]):
    model, form, formset, extra = AnalyteUnit, UnitForm, UnitFormSet, 0


class AnswerInline(admin.TabularInline[CodedValue, Analyte]):
    model, form, formset, extra = CodedValue, AnswerForm, AnswerFormSet, 0


@admin.register(Analyte)
class AnalyteAdmin(CatalogueAdmin):
    """Never deleted: results name it. Its unit stays once limits or factors were entered in it."""

    list_display = ["name", "loinc", "unit", "kind", "category"]
    list_filter = ["category", "kind"]
    search_fields = ["name", "loinc", "names__name"]
    fields = ["name", "loinc", "unit", "kind", "category", "source"]
    inlines = [NameInline, UnitInline, AnswerInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ItemInline(admin.TabularInline[PanelItem, Panel]):
    model, extra = PanelItem, 0
    fields = ["position", "analyte"]
    autocomplete_fields = ["analyte"]


@admin.register(Panel)
class PanelAdmin(CatalogueAdmin):
    list_display = ["name", "loinc", "contents"]
    search_fields = ["name", "loinc", "items__analyte__name"]
    fields = ["name", "loinc", "source"]
    inlines = [ItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Panel]:
        return super().get_queryset(request).prefetch_related("items__analyte")

    @admin.display
    def contents(self, panel: Panel) -> str:
        return ", ".join(item.analyte.name for item in panel.items.all())


class InForce(admin.SimpleListFilter):
    title, parameter_name = "in force", "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "Now"), ("planned", "Planned"), ("over", "No longer")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        if self.value() == "now":
            return queryset.in_force(now)
        if self.value() == "planned":
            return queryset.filter(effective_from__gt=now).exclude(effective_until=F("effective_from"))
        return queryset.filter(effective_until__lte=now) if self.value() == "over" else queryset


@admin.register(LimitBand)
class LimitBandAdmin(KeptAdmin[LimitBand], CatalogueAdmin):
    """Added, revised and approved by the verbs; never edited, never deleted."""

    form = LimitForm
    list_display = [
        "analyte", "sex", "ages", "usual", "critical", "unit", "version",
        "effective_from", "effective_until", "approved_by", "source",
    ]  # fmt: skip
    list_filter = [InForce, ("approved_at", admin.EmptyFieldListFilter), "sex", "analyte__category"]
    list_select_related = ["analyte", "approved_by"]
    search_fields = ["analyte__name", "analyte__names__name", "=analyte__loinc", "source"]
    autocomplete_fields = ["analyte"]
    actions = ["approve"]
    adding = [
        (None, {"fields": ["analyte", "sex", "age_from_days", "age_until_days"]}),
        ("Usual", {"fields": [("low_operator", "low", "no_low"), ("high_operator", "high", "no_high")]}),
        ("Critical", {"fields": [
            ("critical_low_operator", "critical_low"), ("critical_high_operator", "critical_high"),
        ]}),
        (None, {"fields": ["source", "effective_from"]}),
    ]  # fmt: skip
    reading = [
        "analyte", "unit", "sex", "ages", "usual", "critical", "version", "effective_from", "effective_until",
        "source", "entered_by", "approved_by", "approved_at", "versions",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_fieldsets(self, request: HttpRequest, obj: LimitBand | None = None) -> Any:
        return [(None, {"fields": self.reading})] if obj else self.adding

    def get_readonly_fields(self, request: HttpRequest, obj: LimitBand | None = None) -> Any:
        return self.reading if obj else []

    def save_model(self, request: HttpRequest, obj: LimitBand, form: BaseModelForm[LimitBand], change: bool) -> None:
        obj.put_in_catalogue(by=person(request))

    @admin.display
    def unit(self, band: LimitBand) -> str:
        return band.analyte.unit

    @admin.display
    def versions(self, band: LimitBand) -> SafeString:
        """Of this analyte for the same patients or some of them, the newest first."""
        found = [*LimitBand.objects.for_some_of_the_same(band).select_related("analyte"), band]
        rows = sorted(found, key=lambda one: (one.effective_from, one.version), reverse=True)
        return format_html_join("", '<p><a href="{}">{}</a>{}: usual {}, critical {}, from {}{}</p>', map(_row, rows))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revise_view)
        return [path("<int:pk>/revise/", view, name="labs_limitband_revise"), *super().get_urls()]

    def revise_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        band = get_object_or_404(LimitBand.objects.select_related("analyte"), pk=pk)
        form = RevisionForm(request.POST or None, instance=band)
        if request.method == "POST" and form.is_valid():
            with refusals_into(form):
                newer = band.revise(by=person(request), **form.cleaned_data)
            if form.is_valid():
                self.log_addition(request, newer, f"Revised version {band.version}.")
                messages.success(request, f"{newer} takes its place. It is not approved yet.")
                return redirect("admin:labs_limitband_change", newer.pk)
        context = {**self.admin_site.each_context(request), "title": f"Revise {band}", "form": form, "band": band}
        return render(request, "admin/labs/limitband/revise.html", context)

    @admin.action(description="Approve, on the laboratory director's word")
    def approve(self, request: HttpRequest, bands: QuerySet[LimitBand]) -> None:
        apply_verb(request, bands, lambda band: band.approve(by=person(request)), "approved")


def _row(band: LimitBand) -> tuple[str, ...]:
    until = f" until {_day(band.effective_until)}" if band.effective_until else ""
    of = reverse("admin:labs_limitband_change", args=[band.pk])
    approved = ", approved" if band.approved_at else ""
    return of, str(band), approved, band.usual or "none", band.critical or "none", _day(band.effective_from), until


def _day(moment: Any) -> str:
    return date_format(localtime(moment), "j M Y H:i")
