"""What somebody has written on a form that they had to leave: kept in their session until it is sent."""

from django.http import HttpRequest

from accounts.models import Patient
from appointments.checks import MAX_TEXT

KEPT = "appointment_reasons"
MOST = 5


def keep_reason(request: HttpRequest, patient: Patient) -> None:
    """For an appointment of this patient, from whichever form: what one did not write is not kept."""
    written = request.POST.get("reason", "").replace("\x00", "")[:MAX_TEXT]
    if written.strip():
        others = {pk: reason for pk, reason in request.session.get(KEPT, {}).items() if pk != str(patient.pk)}
        recent = dict(list(others.items())[1 - MOST :])
        request.session[KEPT] = {**recent, str(patient.pk): written}


def kept_reason(request: HttpRequest, patient_id: object) -> str:
    reason: str = request.session.get(KEPT, {}).get(str(patient_id), "")
    return reason


def forget_reason(request: HttpRequest, patient: Patient) -> None:
    kept = request.session.get(KEPT, {})
    if kept.pop(str(patient.pk), None) is not None:
        request.session[KEPT] = kept
