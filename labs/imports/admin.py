"""Files of results in the administration: upload, look, record, and what became of each row."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts.admin_base import KeptAdmin
from accounts.fields import parse_uuid
from accounts.refusals import Refused
from accounts.web import page_of, person, refusals_into
from labs.imports.forms import UploadForm
from labs.imports.preview import shown
from labs.imports.report import report_of
from labs.models import CsvImport, CsvImportItem

STEPS = {
    "start": "The worker records what is ready.",
    "go_on": "A worker takes it up again.",
    "discard": "It is discarded, and nothing was recorded.",
}


@admin.register(CsvImport)
class CsvImportAdmin(KeptAdmin[CsvImport]):
    list_display = ["file_name", "state", "recorded", "known", "refused", "laboratory", "brought_by", "uploaded_at"]
    list_filter = ["state", "uploaded_at"]
    list_select_related = ["sender", "uploaded_by"]
    search_fields = ["file_name", "sender__last_name", "sender__email"]

    def get_urls(self) -> list[URLPattern]:
        report = self.admin_site.admin_view(self.report)
        return [path("<uuid:pk>/report.csv", report, name="labs_csvimport_report"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        return CsvImport.objects.with_tally().order_by("-uploaded_at", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_administrator

    @admin.display(ordering="sender__last_name")
    def laboratory(self, taken: CsvImport) -> str:
        return taken.sender.full_name

    @admin.display(ordering="uploaded_by__last_name")
    def brought_by(self, taken: CsvImport) -> str:
        return taken.uploaded_by.full_name

    @admin.display(description="recorded")
    def recorded(self, taken: Any) -> int:
        return taken.recorded_count

    @admin.display(description="on record already")
    def known(self, taken: Any) -> int:
        return taken.known_count

    @admin.display(description="refused")
    def refused(self, taken: Any) -> int:
        return taken.refused_count

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_strangers(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            with refusals_into(form):
                return redirect(form.take_in(person(request)).get_absolute_url())
        context = {**self.admin_site.each_context(request), "title": "Import results from a CSV file", "form": form}
        return render(request, "admin/labs/csvimport/upload.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_strangers(request)
        taken = get_object_or_404(CsvImport.objects.select_related("sender", "uploaded_by"), pk=parse_uuid(object_id))
        if request.method == "POST":
            self._take_step(request, taken)
            return redirect(taken.get_absolute_url())
        return render(request, "admin/labs/csvimport/import.html", self._context(request, taken))

    def report(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self._refuse_strangers(request)
        taken = get_object_or_404(CsvImport, pk=pk)
        response = HttpResponse(report_of(taken), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{taken.uploaded_at:%Y-%m-%d-%H%M}-report.csv"'
        return response

    def _take_step(self, request: HttpRequest, taken: CsvImport) -> None:
        step = next((name for name in STEPS if name in request.POST), None)
        if step is None:
            return
        try:
            getattr(taken, step)(by=person(request))
            messages.success(request, STEPS[step])
        except Refused as refused:
            messages.error(request, refused.detail)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))

    def _context(self, request: HttpRequest, taken: CsvImport) -> dict[str, Any]:
        wanted = request.GET.get("show", "")
        wanted = wanted if wanted in CsvImportItem.State.values else ""
        items = taken.items.select_related("run", "patient__user", "doctor__user", "result")
        page = page_of(request, items.filter(state=wanted) if wanted else items)
        people = taken.items.filter(state="ready").aggregate(
            patients=Count("patient", distinct=True), doctors=Count("doctor", distinct=True)
        )
        tally = taken.tally
        return {
            **self.admin_site.each_context(request),
            "title": taken.file_name,
            "taken": taken,
            "tally": tally,
            "people": people,
            "shares": [(state, label, getattr(tally, state)) for state, label in CsvImportItem.State.choices],
            "wanted": wanted,
            "page_obj": page,
            "query": f"show={wanted}" if wanted else "",
            "rows": shown(list(page.object_list), by=person(request)),
        }

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not person(request).is_administrator:
            raise PermissionDenied
