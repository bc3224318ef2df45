"""Drugs and rules in the administration: every change is a new version of the rule set."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from accounts.admin_base import KeptAdmin, apply_verb
from accounts.refusals import Refused
from accounts.web import person
from prescriptions.drugs import ClassName, Drug, DrugClass, DrugName, Ingredient
from prescriptions.rule_import import apply, plan
from prescriptions.rule_sets import RuleSet
from prescriptions.rule_store import from_database
from prescriptions.rule_tables import COLUMNS, write_csv
from prescriptions.rules import AllergyRule, DuplicateRule, InteractionRule
from prescriptions.rules_forms import ImportForm

BY_HAND = "Changed by hand in the administration"


class VersionedAdmin(admin.ModelAdmin[Any]):
    """Whatever a form of it saves or deletes becomes one version, or, where the rules would not be whole, nothing."""

    list_per_page = 50

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._as_version(request, lambda: super(VersionedAdmin, self).changeform_view(request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._as_version(request, lambda: super(VersionedAdmin, self).delete_view(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._as_version(request, lambda: super(VersionedAdmin, self).changelist_view(request, *args, **kwargs))

    def _as_version(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        user = person(request)
        if request.method != "POST" or not user.is_administrator:
            return view()
        try:
            with RuleSet.change(by=user, source=BY_HAND, note=str(self.opts.verbose_name_plural)):
                response = view()
                if hasattr(response, "render"):
                    response.render()
        except ValidationError as error:
            messages.error(request, f"Nothing is changed: {' '.join(error.messages)}")
            return HttpResponseRedirect(request.get_full_path())
        except ProtectedError:
            messages.error(request, "Nothing is changed: rules or allergies of patients name it.")
            return HttpResponseRedirect(request.get_full_path())
        return response


class ClassNameInline(admin.TabularInline[ClassName, DrugClass]):
    model = ClassName
    extra = 0


@admin.register(DrugClass)
class DrugClassAdmin(VersionedAdmin):
    list_display = ["name", "source"]
    search_fields = ["name", "names__name"]
    inlines = [ClassNameInline]


@admin.register(Ingredient)
class IngredientAdmin(VersionedAdmin):
    list_filter = ["classes"]
    search_fields = ["name"]
    filter_horizontal = ["classes"]

    def get_readonly_fields(self, request: HttpRequest, obj: Ingredient | None = None) -> list[str]:
        return ["name"] if obj else []


class DrugNameInline(admin.TabularInline[DrugName, Drug]):
    model = DrugName
    extra = 0


@admin.register(Drug)
class DrugAdmin(VersionedAdmin):
    list_filter = ["ingredients__classes"]
    search_fields = ["name", "names__name"]
    autocomplete_fields = ["ingredients"]
    inlines = [DrugNameInline]


class RuleAdmin(VersionedAdmin):
    list_display = ["code", "severity", "description", "source", "effective_from"]
    list_filter = ["severity", "effective_from"]
    search_fields = ["code", "description", "source"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


@admin.register(InteractionRule)
class InteractionRuleAdmin(RuleAdmin):
    autocomplete_fields = ["first_class", "first_ingredient", "second_class", "second_ingredient"]


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(RuleAdmin):
    autocomplete_fields = ["drug_class"]


@admin.register(AllergyRule)
class AllergyRuleAdmin(RuleAdmin):
    autocomplete_fields = ["allergen_class", "allergen_ingredient", "target_class", "target_ingredient"]


@admin.register(RuleSet)
class RuleSetAdmin(KeptAdmin[RuleSet]):
    """Versions, and the doors for whole tables."""

    change_list_template = "admin/prescriptions/ruleset/change_list.html"
    list_display = ["version", "effective_from", "made_by", "source", "note", "label", "how_much"]
    list_select_related = ["made_by", "approved_by"]
    search_fields = ["source", "note"]
    actions = ["approve"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_tables), name="prescriptions_ruleset_import"),
            path("export/<slug:table>.csv", wrap(self.export_table), name="prescriptions_ruleset_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "tables": list(COLUMNS)})

    @admin.display(description="changes")
    def how_much(self, version: RuleSet) -> int:
        return len(version.changes)

    @admin.action(description="Approve for this place (the newest version)")
    def approve(self, request: HttpRequest, versions: QuerySet[RuleSet]) -> None:
        apply_verb(request, versions, lambda version: version.approve(by=person(request)), "approved")

    def has_view_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return person(request).is_administrator

    def export_table(self, request: HttpRequest, table: str) -> HttpResponse:
        if table not in COLUMNS:
            raise Http404
        response = HttpResponse(write_csv(table, from_database()[table]), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table}.csv"'
        return response

    def import_tables(self, request: HttpRequest) -> HttpResponse:
        """First what would change, then, with the same texts, the change."""
        form = ImportForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {**self.admin_site.each_context(request), "title": "Import tables", "form": form}
        if request.method == "POST" and form.is_valid():
            asked = form.cleaned_data
            if "apply" in request.POST:
                try:
                    based_on = int(request.POST.get("based_on", "")[:9])
                    said = {"source": asked["source"], "note": asked["note"]}
                    apply(asked["files"], by=person(request), based_on=based_on, **said)
                    messages.success(request, "The tables are in force as a new version, unless nothing differed.")
                    return HttpResponseRedirect(reverse("admin:prescriptions_ruleset_changelist"))
                except ValueError:
                    messages.error(request, "See first what would change.")
                except Refused as refused:
                    messages.error(request, refused.detail)
                except ValidationError as error:
                    messages.error(request, " ".join(error.messages))
            context |= {"plan": plan(asked["files"]), "texts": asked["files"]}
        return render(request, "admin/prescriptions/import.html", context)
