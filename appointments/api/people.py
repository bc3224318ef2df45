"""Whom an appointment is for and with, where a body leaves it out."""

from typing import Any

from rest_framework.exceptions import ValidationError

from accounts.api.people import doctor_named, patient_named
from accounts.models import Doctor, Patient, User


def patient_of(user: User, patient_id: Any) -> Patient:
    """The patient asked for, or the person themselves."""
    if patient_id is not None:
        return patient_named(patient_id, by=user)
    if user.is_administrator or user.patient_or_none is None:
        raise ValidationError({"patient_id": ["Say which patient the appointment is for."]})
    return user.patient_or_none


def doctor_of(user: User, doctor_id: Any) -> Doctor:
    if doctor_id is None and user.doctor_or_none:
        return user.doctor_or_none
    if doctor_id is None:
        raise ValidationError({"doctor_id": ["Say which doctor the appointment is with."]})
    return doctor_named(doctor_id)
