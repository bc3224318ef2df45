"""The people that a body names by id."""

from typing import Any

from rest_framework.exceptions import ValidationError

from accounts.models import Doctor, Patient, User


def patient_named(patient_id: Any, *, by: User, field: str = "patient_id") -> Patient:
    """Raises ValidationError for a patient whom `by` may not see: to them there is none."""
    patient = Patient.objects.visible_to(by).select_related("user").filter(pk=patient_id).first()
    if patient is None:
        raise ValidationError({field: ["There is no such patient that you may see."]})
    return patient


def doctor_named(doctor_id: Any, *, field: str = "doctor_id") -> Doctor:
    """Raises ValidationError unless it is an active doctor's."""
    doctor = Doctor.objects.active().select_related("user").filter(pk=doctor_id).first()
    if doctor is None:
        raise ValidationError({field: ["There is no such doctor."]})
    return doctor
