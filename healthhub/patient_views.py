"""Patients as clinicians and administrators see them: a searchable list, and everything about one."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.web import page_of, person
from appointments.models import Appointment
from labs.models import LabResult
from labs.seen import keep_glimpses
from prescriptions.models import Allergy, Prescription

SOME = 20


@require_safe
def patient_list(request: HttpRequest) -> HttpResponse:
    _refuse_mere_patients(request)
    words = request.GET.get("q", "")[:100]
    found = Patient.objects.visible_to(person(request)).select_related("user").search(words)
    return render(request, "patients/list.html", {"page_obj": page_of(request, found), "q": words})


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "patients/detail.html", _chart(request, pk))


@require_safe
def detail_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "patients/_chart.html", _chart(request, pk))


def _chart(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    _refuse_mere_patients(request)
    user = person(request)
    patient = get_object_or_404(Patient.objects.visible_to(user).select_related("user"), pk=pk)
    doctor = user.doctor_or_none
    results = LabResult.objects.filter(patient=patient).visible_to(user).current().with_people()[:SOME]
    keep_glimpses((result.pk for result in results), by=user)
    return {
        "patient": patient,
        "appointments": Appointment.objects.filter(patient=patient).with_people().newest_first()[:SOME],
        "prescriptions": Prescription.objects.filter(patient=patient).with_people().marking_overridden(user)[:SOME],
        "allergies": Allergy.objects.filter(patient=patient).current().with_all()[:SOME],
        "results": results,
        "may_prescribe": bool(doctor and doctor.can_prescribe),
    }


def _refuse_mere_patients(request: HttpRequest) -> None:
    user = person(request)
    if not (user.doctor_or_none or user.is_administrator):
        raise Http404
