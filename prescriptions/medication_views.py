"""What a patient takes, in plain words: for them, for who treats them, and for paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.web import person
from prescriptions.check_readers import may_check
from prescriptions.checking import check
from prescriptions.models import Allergy, Prescription

MOST_CURRENT, SOME_ENDED = 200, 20


@require_safe
def of_patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`?print` is the same for paper, without what has ended."""
    template = "prescriptions/of_patient_print.html" if "print" in request.GET else "prescriptions/of_patient.html"
    return render(request, template, _context(request, pk))


@require_safe
def of_patient_partial(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "prescriptions/_of_patient.html", _context(request, pk))


def _context(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    seen = Patient.objects.visible_to(person(request)).select_related("user")
    patient: Patient = get_object_or_404(seen, pk=pk)
    of_them = Prescription.objects.filter(patient=patient).with_people().with_life()
    doctor = person(request).doctor_or_none
    current = list(of_them.current().order_by("status", "medication", "id")[:MOST_CURRENT])
    return {
        "patient": patient,
        "now": timezone.now(),
        "current": current,
        "taken": [prescription for prescription in current if prescription.is_active],
        "held": [prescription for prescription in current if not prescription.is_active],
        "ended": list(of_them.ended().order_by("-expires_at", "id")[:SOME_ENDED]),
        "allergies": list(Allergy.objects.filter(patient=patient).current().with_all()),
        "check": check([], patient).as_json() if may_check(person(request), patient.pk) else None,
        "may_prescribe": bool(doctor and doctor.can_prescribe),
    }
