"""How an appointment's verbs take a step: lock, look again, check, write, record. models.py has the verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import give_back, lock_people
from appointments.history import AppointmentStatusChange
from appointments.returns import has_come_to
from appointments.statuses import MOVABLE, NEXT, OVER, Status
from appointments.wait_list import follow
from notifications.dispatch import covering

if TYPE_CHECKING:
    from appointments.models import Appointment

LOOKED_AT_AGAIN = (
    "status", "doctor_id", "requested_time", "scheduled_time", "notes", "asked_at", "checked_in_at", "checked_in_by_id",
)  # fmt: skip
CHANGED = ["status", "doctor", "requested_time", "scheduled_time", "notes", "asked_at"]
NOT_YOURS = "Only the appointment's doctor or an administrator can do that."
DOCTOR_HAS_LEFT = "This doctor no longer works here. Cancel the appointment, and ask another doctor for one."
NOT_THEIRS = "Only the patient, the appointment's doctor or an administrator can do that."


class Stepping(models.Model):
    """`seen` is the status that the person had before them, so that a stale page is told."""

    patient_id: UUID
    doctor_id: UUID
    patient: Any
    doctor: Any
    status: Any
    scheduled_time: Any
    requested_time: Any
    asked_at: Any
    history: Any

    class Meta:
        abstract = True

    @contextmanager
    def _locked(self, *, by: User, seen: Status | None) -> Iterator[Status]:
        """The row as it is now, and nobody else's until the end. Raises IllegalStep for who saw another one.

        What is refused leaves this object as the row is.
        """
        with transaction.atomic():
            locked = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
            for name in LOOKED_AT_AGAIN:
                setattr(self, name, getattr(locked, name))
            before = Status(self.status)
            if seen is not None and seen != before:
                self._refuse_as_stale()
            try:
                yield before
            except Exception:
                for name in LOOKED_AT_AGAIN:
                    setattr(self, name, getattr(locked, name))
                raise

    def _refuse_as_stale(self) -> NoReturn:
        raise IllegalStep(f"Meanwhile {self.last_change().in_words}. Look again before you go on.", "stale")

    @contextmanager
    def _step(
        self, to: Status, *, by: User, seen: Status | None, reason: str = "", overbooked: bool = False
    ) -> Iterator[None]:
        """Raises NotAllowed or IllegalStep and changes nothing."""
        with self._locked(by=by, seen=seen) as before:
            self._refuse_unless_legal(before, to, by=by)
            yield
            self._become(to, before, by=by, reason=reason, overbooked=overbooked)

    def _keep_its_doctor(self, words: str = DOCTOR_HAS_LEFT) -> None:
        """Locked until the end of the transaction. Raises IllegalStep with these words of who has left."""
        lock_people(self.doctor, self.patient)
        if not User.objects.filter(pk=self.doctor_id, is_active=True).exists():
            raise IllegalStep(words, "doctor_has_left")

    def _become(self, to: Status, before: Status, *, by: User, reason: str, overbooked: bool = False) -> None:
        self.status = to
        self.save(update_fields=CHANGED)
        if to in OVER:
            give_back(cast("Appointment", self))
        follow(cast("Appointment", self))
        self._record(before, by=by, reason=reason, overbooked=overbooked)

    def _may(self, user: User, to: Status) -> bool:
        if user.is_administrator or user.pk == self.doctor_id:
            return True
        if self.status == Status.REQUESTED and has_come_to(cast("Appointment", self), user):
            return True
        if to == Status.CANCELLED and self.is_theirs_to_pass_on(user):
            return True
        return user.pk == self.patient_id and to == Status.CANCELLED and self.status != Status.IN_PROGRESS

    def _refuse_unless_legal(self, before: Status, to: Status, *, by: User) -> None:
        if to not in NEXT[before]:
            possible = " or ".join(step.label.lower() for step in NEXT[before]) or "nothing more"
            raise IllegalStep(
                f"This appointment is {before.label.lower()}, so it cannot become {to.label.lower()}. "
                f"From here: {possible}."
            )
        if not self._may(by, to):
            raise NotAllowed(NOT_YOURS)

    @property
    def time(self) -> datetime:
        """When it is, or is wished to be."""
        return self.scheduled_time or self.requested_time

    @property
    def needs_another_doctor(self) -> bool:
        """It is confirmed and still to come, and its doctor no longer works here."""
        return self.status == Status.CONFIRMED and not self.doctor.user.is_active and self.time > timezone.now()

    @property
    def asks_who_has_left(self) -> bool:
        """It waits for an answer, and its doctor no longer works here."""
        return self.status == Status.REQUESTED and not self.doctor.user.is_active

    def is_theirs_to_pass_on(self, user: User) -> bool:
        """Whether they cover its doctor, who no longer works here."""
        return self.needs_another_doctor and user.pk in covering([self.doctor_id]).get(self.doctor_id, [])

    @property
    def can_be_earlier(self) -> bool:
        """Whether it lies ahead and may be moved, with the doctor whom it has."""
        return self.status in MOVABLE and self.time > timezone.now() and self.doctor.user.is_active

    def last_change(self) -> AppointmentStatusChange:
        return self.history.select_related("by").latest("at", "id")

    def _record(self, before: Status | None, *, by: User, reason: str, overbooked: bool = False) -> None:
        AppointmentStatusChange.objects.create(
            appointment=cast("Appointment", self),
            from_status=before or "",
            to_status=self.status,
            by=by,
            at=timezone.now(),
            reason=reason,
            time=self.time,
            doctor=self.doctor,
            overbooked=overbooked,
        )
