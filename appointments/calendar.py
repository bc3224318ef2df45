"""What is published and what is free, asked of the database: a constant number of questions, however long the time."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from appointments.availability import Absence, AvailabilityRule, VisitKind
from appointments.booked_time import BookedTime
from appointments.slots import DAY, MIDNIGHT, Span, free, grid, moment, open_spans

if TYPE_CHECKING:
    from appointments.models import Appointment

MOST_DAYS = 62
SOME = 5
AHEAD = timedelta(days=28)
"""How far alternatives are looked for."""


def clinic_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def published_slots(doctor: Doctor, first: date, last: date, kind: VisitKind) -> list[Span]:
    """Every slot that the doctor offers from `first` to `last`, whoever has it; none of a doctor who left.

    A night's hours are one, so the days beside say where its slots begin, and which go on beyond midnight.
    """
    if not doctor.user.is_active:
        return []
    zone = clinic_zone()
    before, after = first - DAY, last + DAY
    rules = list(AvailabilityRule.objects.touching(before, after, kind).filter(doctor=doctor))
    begins, ends = moment(first, MIDNIGHT, zone), moment(after, MIDNIGHT, zone)
    whole = grid(open_spans(rules, before, after, zone), *_lengths(kind))
    slots = [slot for slot in whole if begins <= slot.start < ends]
    away = Absence.objects.touching(doctor, begins, ends + DAY).values_list("begins", "ends")
    return list(free(slots, [Span(*row) for row in away], timedelta(0)))


def free_slots(
    doctor: Doctor,
    first: date,
    last: date,
    kind: VisitKind,
    *,
    patient: Patient | None = None,
    by: User | None = None,
    offered_to: Patient | None = None,
    instead_of: "Appointment | None" = None,
) -> list[Span]:
    """Those that lie ahead and that nobody has; with `patient`, only those at which they are free too.

    What `by` holds is free to them, what an offer keeps for `offered_to` to these, and what `instead_of` has.
    """
    slots = published_slots(doctor, first, last, kind)
    if not slots:
        return []
    now = timezone.now()
    begins, ends = slots[0].start, slots[-1].end + _lengths(kind)[1]
    standing = BookedTime.objects.standing().not_kept_for(by, offered_to)
    standing = standing.exclude(appointment=instead_of) if instead_of else standing
    taken = standing.of_doctor_between(doctor, begins, ends).values_list("begins", "blocked_until")
    found = free([slot for slot in slots if slot.start > now], [Span(*row) for row in taken], _lengths(kind)[1])
    if patient is None:
        return list(found)
    busy = standing.of_patient_between(patient, begins, ends).values_list("begins", "ends")
    return list(free(found, [Span(*row) for row in busy], timedelta(0)))


def is_published(doctor: Doctor, begins: datetime, kind: VisitKind) -> bool:
    """Whether the doctor offers a visit of the kind that begins just then."""
    day = begins.astimezone(clinic_zone()).date()
    return any(slot.start == begins for slot in published_slots(doctor, day, day, kind))


def alternatives(doctor: Doctor, patient: Patient, kind: VisitKind, wanted: datetime) -> list[Span]:
    """Some free slots at and after the time that was wanted, for who could not have it."""
    day = max(wanted, timezone.now()).astimezone(clinic_zone()).date()
    slots = free_slots(doctor, day, day + AHEAD, kind, patient=patient)
    later = [slot for slot in slots if slot.start >= wanted]
    return (later or slots)[:SOME]


def _lengths(kind: VisitKind) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=kind.minutes), timedelta(minutes=kind.buffer_minutes)
