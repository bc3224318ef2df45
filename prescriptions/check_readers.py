"""Who reads what a check says: who prescribes, and never who is the patient, whatever else they are."""

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from accounts.refusals import NotAllowed

if TYPE_CHECKING:
    from prescriptions.models import Prescription


def may_check(user: User, patient_id: UUID | None = None) -> bool:
    """With a patient: whether they may have that patient checked. Of oneself nobody may: a role is no way around it."""
    return bool(user.is_administrator or user.doctor_or_none) and user.pk != patient_id


def refuse_unless_checker(user: User, patient_id: UUID | None = None) -> None:
    """Raises NotAllowed for everybody but them."""
    if not may_check(user):
        raise NotAllowed("Prescriptions are checked by doctors and administrators.")
    if not may_check(user, patient_id):
        raise NotAllowed("You are the patient here: what a check says is written for who treats you.")


def may_read_check(user: User, prescription: "Prescription") -> bool:
    """Only who prescribed for themselves must answer for its alerts, and reads them as its prescriber."""
    return may_check(user, None if user.pk == prescription.doctor_id else prescription.patient_id)


def about_oneself(user: User, *, patient: str = "patient", prescriber: str = "by") -> Q:
    """What `may_read_check` keeps from somebody who may check others, asked of the database."""
    return Q(**{patient: user.pk}) & ~Q(**{prescriber: user.pk})


class RecordedCheckQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        if not may_check(user):
            return self.none()
        return self.filter(patient__in=Patient.objects.visible_to(user)).exclude(about_oneself(user))


class ShownAlertQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        from prescriptions.recorded_checks import RecordedCheck

        return self.filter(recorded_check__in=RecordedCheck.objects.visible_to(user))
