"""A slot is kept for whoever fills its form: for five minutes, one slot a person. Then it is free again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep
from appointments.availability import VisitKind
from appointments.booked_time import BookedTime, BookedTimeQuerySet, hold, lock_people
from appointments.calendar import is_published
from appointments.checks import check_time, refuse_unless_may_ask
from appointments.models import Appointment

HELD_FOR = timedelta(minutes=5)
NOT_OFFERED = "The doctor does not offer that time. Choose one of the free ones."


@transaction.atomic
def hold_slot(*, by: User, patient: Patient, doctor: Doctor, kind: VisitKind, start: datetime) -> BookedTime:
    """Nobody else gets the slot while `by` fills its form; what they held before is free. Again, it begins anew.

    Raises NotAllowed as asking for an appointment does, IllegalStep for a time that is not offered, TimeTaken (what
    they held before then stays), ValidationError by field.
    """
    refuse_unless_may_ask(by, patient, doctor)
    check_time("start", start)
    if not is_published(doctor, start, kind):
        raise IllegalStep(NOT_OFFERED, "not_offered")
    lock_people(by, patient, doctor)
    until = timezone.now() + HELD_FOR
    return hold(doctor, patient, kind, start, until=until, held_by=by, instead_of=BookedTime.objects.filter(held_by=by))


@transaction.atomic
def book_slot(
    *, by: User, patient: Patient, doctor: Doctor, kind: VisitKind, start: datetime, reason: str
) -> Appointment:
    """An appointment for that slot, and never a mere wish for it. What they hold elsewhere stays held.

    A doctor who books time of their own has agreed to it: then it is confirmed at once; others' is a request.
    Raises as `Appointment.request` does, and IllegalStep for a time that is not offered (any more).
    """
    appointment = Appointment.request(
        by=by, patient=patient, doctor=doctor, kind=kind, requested_time=start, reason=reason
    )
    if not BookedTime.objects.filter(appointment=appointment).exists():
        raise IllegalStep(NOT_OFFERED, "not_offered")
    if by.pk == doctor.pk:
        appointment.confirm(by=by)
    return appointment


def held_by(user: User) -> BookedTimeQuerySet:
    """The hold that they have, if it has not run out."""
    return BookedTime.objects.standing().filter(held_by=user)


def let_go(held: BookedTime) -> None:
    """It is free at once."""
    held.delete()


@transaction.atomic
def free_what_lapsed() -> int:
    """How many holds had run out. One that somebody is just taking over is theirs to remove."""
    lapsed = BookedTime.objects.lapsed().select_for_update(skip_locked=True)
    found = list(lapsed.values_list("pk", flat=True))
    BookedTime.objects.filter(pk__in=found).delete()
    return len(found)
