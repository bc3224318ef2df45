"""Invitations, updates and cancellations of visits, as e-mails that a calendar program understands.

A line in the visit's history leaves a job for each person in its own transaction. models.py makes the rows known to
Django.
"""

from typing import Any
from uuid import UUID

from django.db import models, transaction

from accounts.models import User
from appointments.history import AppointmentStatusChange
from appointments.reminder_preferences import Role, preferences_of
from appointments.statuses import Status

INVITES = ("", Status.REQUESTED, Status.CONFIRMED)
"""From there to confirmed it is news for a calendar; from no show it stands there already."""
TAKES_BACK = (Status.CONFIRMED, Status.IN_PROGRESS)


class Invitation(models.Model):
    """That a person was sent a visit for their calendar, and so is sent what becomes of it, whatever they choose."""

    appointment = models.ForeignKey("appointments.Appointment", on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["appointment", "person"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.person.full_name}, {self.appointment_id}"


def method_of(change: AppointmentStatusChange) -> str | None:
    """REQUEST, CANCEL, or None where calendars have nothing to do."""
    if change.to_status == Status.CONFIRMED and change.from_status in INVITES:
        return "REQUEST"
    if change.to_status == Status.CANCELLED and change.from_status in TAKES_BACK:
        return "CANCEL"
    return None


def sequence_of(change: AppointmentStatusChange) -> int:
    return AppointmentStatusChange.objects.filter(appointment=change.appointment_id, pk__lt=change.pk).count()


def is_latest(change: AppointmentStatusChange) -> bool:
    """Whether calendars were to learn nothing newer of this visit. An older word must not come after it."""
    later = AppointmentStatusChange.objects.filter(appointment=change.appointment_id, pk__gt=change.pk)
    return not any(method_of(newer) for newer in later)


@transaction.atomic
def invite(change: AppointmentStatusChange) -> None:
    """Leave an e-mail to be sent for each whom it concerns. Called where the appointment is locked."""
    from appointments.tasks import send_invitation

    method = method_of(change)
    if method is None:
        return
    invited = set(Invitation.objects.filter(appointment=change.appointment_id).values_list("person", flat=True))
    if method == "REQUEST":
        newly = _who_want_it(change) - invited
        rows = [Invitation(appointment=change.appointment, person_id=person) for person in newly]
        Invitation.objects.bulk_create(rows, ignore_conflicts=True)
        invited |= newly
    for person in sorted(invited):
        send_invitation.defer(change_id=change.pk, person_id=str(person))


def _who_want_it(change: AppointmentStatusChange) -> set[UUID]:
    appointment = change.appointment
    people: list[tuple[Any, Role]] = [(appointment.patient_id, Role.PATIENT), (appointment.doctor_id, Role.DOCTOR)]
    return {person for (person, _), chosen in preferences_of(people).items() if chosen.invitations}
