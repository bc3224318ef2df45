"""What happens in a doctor's days: visits, requests, wishes, holds, absences, and what is free."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Doctor, User
from appointments.availability import Absence, VisitKind
from appointments.booked_time import BookedTime
from appointments.calendar import clinic_zone, free_slots
from appointments.calendar_grid import day_span
from appointments.models import Appointment
from appointments.slots import DAY
from appointments.statuses import OVER, Status
from notifications.dispatch import covering


@dataclass(frozen=True)
class Entry:
    """One thing of a day. `kind` is visit, over, request, wish, hold, away or free.

    Without `appointment`, a visit or request is one that the reader may not know more of than that the time is taken.
    """

    kind: str
    begins: datetime
    ends: datetime
    appointment: Appointment | None = None
    words: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.appointment.pk if self.appointment else int(self.begins.timestamp())}"


def calendars_open_to(user: User) -> "QuerySet[Doctor]":
    """Doctors whose days this person may see: their own, those that they cover now; an administrator all."""
    doctors = Doctor.objects.active().select_related("user")
    if user.is_administrator:
        return doctors
    if user.doctor_or_none is None:
        return doctors.none()
    covered = [absent for absent, present in covering(_all_ids()).items() if user.pk in present]
    return doctors.filter(pk__in=[user.pk, *covered])


def _all_ids() -> Iterable[UUID]:
    return Doctor.objects.values_list("pk", flat=True)


def entries_of(doctor: Doctor, days: Sequence[date], *, seen_by: User) -> dict[date, list[Entry]]:
    """By day of the clinic, each in its order; in a constant number of questions."""
    zone = clinic_zone()
    begins, ends = day_span(days[0], zone)[0], day_span(days[-1], zone)[1]
    found = [
        *_visits(doctor, begins, ends, seen_by),
        *_holds(doctor, begins, ends),
        *_absences(doctor, begins, ends),
        *(Entry("free", slot.start, slot.end) for slot in free_slots(doctor, days[0], days[-1], VisitKind.default())),
    ]
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for day in days:
        first, last = day_span(day, zone)
        touching = [entry for entry in found if entry.begins < last and first < entry.ends]
        by_day[day] = sorted(touching, key=lambda entry: (entry.begins, entry.ends))
    return by_day


def _visits(doctor: Doctor, begins: datetime, ends: datetime, reader: User) -> list[Entry]:
    rows = Appointment.objects.of_doctor(doctor).exclude(status=Status.CANCELLED).between(begins - DAY, ends)
    appointments = list(rows.with_people().select_related("booked").by_time())
    ids = [appointment.pk for appointment in appointments]
    known = set(Appointment.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    found = [_entry(appointment, appointment.pk in known) for appointment in appointments]
    return [entry for entry in found if entry.appointment or entry.kind != "wish"]  # it takes no time from anybody


def _entry(appointment: Appointment, is_known: bool) -> Entry:
    ends = appointment.time + timedelta(minutes=appointment.kind.minutes)
    if appointment.status == Status.REQUESTED:
        kind = "request" if hasattr(appointment, "booked") else "wish"
    else:
        kind = "over" if appointment.status in OVER else "visit"
    return Entry(kind, appointment.time, ends, appointment if is_known else None)


def _holds(doctor: Doctor, begins: datetime, ends: datetime) -> list[Entry]:
    held = BookedTime.objects.standing().of_doctor_between(doctor, begins, ends).filter(held_until__isnull=False)
    return [Entry("hold", row.begins, row.ends) for row in held]


def _absences(doctor: Doctor, begins: datetime, ends: datetime) -> list[Entry]:
    away = Absence.objects.touching(doctor, begins, ends)
    return [Entry("away", row.begins, row.ends, words=row.reason) for row in away]


def hours_of(doctor: Doctor) -> dict[str, object]:
    """The weekly hours that hold now or will, and the absences to come: what is published, as it was entered."""
    today = timezone.localdate()
    return {
        "rules": doctor.availability.exclude(effective_until__lt=today).select_related("kind"),
        "absences": Absence.objects.touching(doctor, timezone.now(), timezone.now() + timedelta(days=366)),
    }
