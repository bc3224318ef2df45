"""What became free while somebody waits for it. models.py makes it known to Django.

A row is written in the transaction that freed the time and goes once it has been offered, or nobody wants it: what is
to be handed on stands in the database and cannot be missed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Doctor
from appointments.wait_list import WaitingEntry

if TYPE_CHECKING:
    from appointments.availability import Absence
    from appointments.booked_time import BookedTimeQuerySet

LONGEST = timedelta(days=62)
"""More than that of an absence that was taken back is not looked through."""


class FreedTime(models.Model):
    """That of this doctor's time something became free between the two."""

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    freed_at = models.DateTimeField()

    class Meta:
        ordering = ["begins", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="freed_time_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id}, {self.begins:%Y-%m-%d %H:%M}"


def note_given_back(rows: "BookedTimeQuerySet") -> None:
    """Before they are deleted."""
    someone = WaitingEntry.objects.open().filter(doctor=OuterRef("doctor"))
    wanted = rows.filter(Exists(someone), blocked_until__gt=timezone.now())
    _note(wanted.values_list("doctor_id", "begins", "blocked_until"))


def note_present_again(absences: "Iterable[Absence]") -> None:
    """Their doctor, or everyone, is there in that time after all."""
    now = timezone.now()
    coming = [absence for absence in absences if absence.ends > now]
    if not coming:
        return
    waited_for = set(WaitingEntry.objects.open().order_by().values_list("doctor_id", flat=True))
    spans = []
    for absence in coming:
        begins = max(absence.begins, now)
        doctors = waited_for if absence.doctor_id is None else waited_for & {absence.doctor_id}
        spans += [(doctor_id, begins, min(absence.ends, begins + LONGEST)) for doctor_id in doctors]
    _note(spans)


def _note(spans: Iterable[tuple[UUID, datetime, datetime]]) -> None:
    from appointments.tasks import hand_on_what_is_free

    now = timezone.now()
    rows = [FreedTime(doctor_id=pk, begins=begins, ends=ends, freed_at=now) for pk, begins, ends in spans]
    if rows:
        FreedTime.objects.bulk_create(rows)
        hand_on_what_is_free.defer()
