"""Home: what needs this person now, put together from the domains."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Doctor, Patient, User
from accounts.web import person
from appointments.models import Appointment
from appointments.statuses import Status
from labs.models import LabFollowUp, LabResult
from labs.release_words import told_each
from labs.seen import keep_glimpses
from prescriptions.models import Prescription, PrescriptionFollowUp, RefillRequest

WORKLIST = 50
SOME = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if user.doctor_or_none and not (user.patient_or_none and request.GET.get("as") == "patient"):
        return render(request, "home/doctor.html", doctor_context(user.doctor_or_none))
    if user.patient_or_none:
        return render(request, "home/patient.html", patient_context(user.patient_or_none))
    if user.is_administrator:
        return render(request, "home/administrator.html", administrator_context())
    return render(request, "home/nobody.html")


@require_safe
def home_partial(request: HttpRequest, part: str) -> HttpResponse:
    """The live parts of a home: the same context, a smaller template. What is not one's own is empty."""
    user = person(request)
    if user.doctor_or_none and part in ("worklist", "today"):
        return render(request, f"home/_{part}.html", doctor_context(user.doctor_or_none))
    if user.patient_or_none and part in ("next", "results", "medications"):
        return render(request, f"home/_{part}.html", patient_context(user.patient_or_none))
    if user.is_administrator and part in ("clinic", "stranded"):
        return render(request, f"home/_{part}.html", administrator_context())
    return render(request, "404.html", status=404)


def doctor_context(doctor: Doctor) -> dict[str, Any]:
    results = list(LabResult.objects.to_review_by(doctor).with_people()[:WORKLIST])
    requests: list[Any] = list(Appointment.objects.waiting_for(doctor).with_people()[:WORKLIST])
    looked_at = list(LabFollowUp.objects.due_for(doctor).with_people()[:WORKLIST])
    monitored = list(PrescriptionFollowUp.objects.due_for(doctor).with_people()[:WORKLIST])
    today = list(Appointment.objects.today_of(doctor).with_people())
    coming = [row for row in today if row.status in (Status.CONFIRMED, Status.IN_PROGRESS)]
    return {
        "now": timezone.now(),
        "without_doctor": Appointment.objects.without_doctor_for(doctor.user).count(),
        "late_requests": [request for request in requests if request.came_back],
        "critical_results": [result for result in results if result.critical],
        "other_results": [result for result in results if not result.critical],
        "follow_ups": looked_at,
        "prescription_follow_ups": monitored,
        "look_again": len(looked_at) + len(monitored),
        "requests": [request for request in requests if not request.came_back],
        "refill_requests": list(RefillRequest.objects.waiting_for(doctor).with_all()[:WORKLIST]),
        "today": today,
        "next_pk": coming[0].pk if coming else None,
    }


def patient_context(patient: Patient) -> dict[str, Any]:
    medications = Prescription.objects.filter(patient=patient).current().with_people().with_life()
    results = list(LabResult.objects.filter(patient=patient).visible_to(patient.user).current().with_people()[:SOME])
    keep_glimpses((result.pk for result in results), by=patient.user)
    return {
        "patient": patient,
        "next_appointment": Appointment.objects.upcoming_for(patient).with_people().first(),
        "results": results,
        "withheld": told_each(LabResult.objects.withheld_from(patient.user).current().with_people()[:SOME]),
        "prescriptions": list(medications[:SOME]),
    }


def administrator_context() -> dict[str, Any]:
    active = User.objects.filter(is_active=True)
    return {
        "patients": active.filter(patient__isnull=False).count(),
        "doctors": active.filter(doctor__isnull=False).count(),
        "requests": Appointment.objects.filter(status=Status.REQUESTED).count(),
        "late_requests": Appointment.objects.waiting_too_long().count(),
        "refill_requests": list(RefillRequest.objects.stranded().with_all()[:WORKLIST]),
        "without_doctor": Appointment.objects.without_doctor().count(),
        "unreviewed": LabResult.objects.current().filter(review__isnull=True).count(),
    }
