"""Pages of one analyte over time, and of all values of a patient."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.web import person
from labs.trends import MOST, PERIODS, newest_values, trend_of
from labs.value_index import analyte_coded


@require_safe
def trend(request: HttpRequest, patient_pk: UUID, code: str) -> HttpResponse:
    """`?since=1y` or `3m` narrows it; `?print` is the same for paper."""
    template = "labs/trend_print.html" if "print" in request.GET else "labs/trend.html"
    return render(request, template, _trend_context(request, patient_pk, code))


@require_safe
def trend_partial(request: HttpRequest, patient_pk: UUID, code: str) -> HttpResponse:
    """A patient's page that was open when its only value was held lets go of it: an error would leave it there."""
    try:
        context = _trend_context(request, patient_pk, code)
    except Http404:
        if patient_pk != person(request).pk:
            raise
        return render(request, "labs/_trend_gone.html")
    return render(request, "labs/_trend.html", context)


def _trend_context(request: HttpRequest, patient_pk: UUID, code: str) -> dict[str, Any]:
    """What nobody may see and what is not there look the same."""
    patient = get_object_or_404(Patient.objects.select_related("user"), pk=patient_pk)
    analyte, chosen = analyte_coded(code), request.GET.get("since", "")
    chosen = chosen if chosen in PERIODS else ""
    found = trend_of(patient, analyte, by=person(request), period=chosen) if analyte else None
    if found is None:
        raise Http404
    path = reverse("labs:trend_partial", args=[patient.pk, code])
    return {
        "patient": patient,
        "trend": found,
        "periods": [(key, words) for key, (words, _) in PERIODS.items()],
        "chosen": chosen,
        "most": MOST,
        "refresh_url": f"{path}?since={chosen}" if chosen else path,
    }


@require_safe
def patient_values(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    return render(request, "labs/patient_values.html", _values_context(request, patient_pk))


@require_safe
def patient_values_partial(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    return render(request, "labs/_patient_values.html", _values_context(request, patient_pk))


def _values_context(request: HttpRequest, patient_pk: UUID) -> dict[str, Any]:
    user = person(request)
    patient = get_object_or_404(Patient.objects.visible_to(user).select_related("user"), pk=patient_pk)
    return {"patient": patient, "categories": newest_values(patient, by=user)}
