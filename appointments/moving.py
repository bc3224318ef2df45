"""Another time for an appointment, or another doctor where its own has left. models.py mixes it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils import timezone

from accounts.models import Doctor, User
from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import BookedTime, give_back, occupy
from appointments.calendar import is_published
from appointments.checks import check_time, checked_overbooking, checked_text
from appointments.statuses import MOVABLE, Status
from appointments.stepping import DOCTOR_HAS_LEFT, NOT_THEIRS, Stepping

if TYPE_CHECKING:
    from appointments.models import Appointment

CHOOSE_ANOTHER = "This doctor no longer works here. Choose another one."
UNCHANGED = "It is at that time, with that doctor, already. Nothing was changed."
STAYS = "Its doctor works here, so it does not go to another one. Cancel it, and ask the other doctor."

Place = tuple[datetime, UUID]
"""When, and with which doctor."""


class Moving(Stepping):
    """As with the status, the time and the doctor that the person had before them tell whether the page is stale; they
    are what this object had where they are not given.
    """

    kind: Any

    class Meta:
        abstract = True

    def reschedule(
        self,
        *,
        by: User,
        time: datetime,
        doctor: Doctor | None = None,
        reason: str = "",
        seen: Status | None = None,
        seen_time: datetime | None = None,
        seen_doctor: UUID | None = None,
        overbook: str = "",
    ) -> None:
        """Another time, in one step: it keeps its identity, and its old time where the new one is taken.

        A patient moves their visit to a slot that the doctor has published; others to any time. Where its doctor no
        longer works here it goes to another (`doctor`), to a slot of theirs; they and administrators give it any time.
        Raises as `confirm` does.
        """
        why = checked_overbooking(overbook, by=by)
        said = why or checked_text("reason", reason)
        had = seen_time or self.time, seen_doctor or self.doctor_id
        to = time, doctor.pk if doctor else self.doctor_id
        with self._move(to, by=by, seen=seen, had=had, reason=said, overbooked=bool(why)) as has:
            check_time("time", time)
            any_time = self.may_have_any_time(by, doctor or self.doctor)
            self._go_to(doctor or self.doctor)
            if has == to and (self.status == Status.CONFIRMED or self._is_kept()):
                raise IllegalStep(UNCHANGED, "unchanged")
            published = is_published(self.doctor, time, self.kind)
            if not (any_time or published):
                raise NotAllowed("Choose one of the times that the doctor offers, or cancel and ask for another one.")
            if self.status == Status.CONFIRMED:
                self.scheduled_time = time
            else:
                self.requested_time = time
            if published or self.status == Status.CONFIRMED:
                occupy(cast("Appointment", self), time, by=by, overbooked=bool(why))
            else:
                give_back(cast("Appointment", self))

    @contextmanager
    def _move(
        self, to: Place, *, by: User, seen: Status | None, had: Place, reason: str, overbooked: bool
    ) -> Iterator[Place]:
        """The status stays. Gives where it is now; raises NotAllowed or IllegalStep and changes nothing."""
        with self._locked(by=by, seen=seen) as before:
            has = self.time, self.doctor_id
            if has not in (had, to):
                self._refuse_as_stale()
            self.refuse_move(by)
            yield has
            self.asked_at = timezone.now()
            self._become(before, before, by=by, reason=reason, overbooked=overbooked)

    def _is_kept(self) -> bool:
        """Rather than a mere wish, which a slot that was published since would begin to keep."""
        return BookedTime.objects.filter(appointment=self.pk).exists()

    def refuse_move(self, by: User) -> None:
        status = Status(self.status)
        if status not in MOVABLE:
            raise IllegalStep(f"This appointment is {status.label.lower()}, so it cannot be moved.")
        if by.pk != self.patient_id and not (self._may(by, status) or self.is_theirs_to_pass_on(by)):
            raise NotAllowed(NOT_THEIRS)
        if self.asks_who_has_left:
            raise IllegalStep(DOCTOR_HAS_LEFT, "doctor_has_left")

    def may_have_any_time(self, by: User, doctor: Doctor) -> bool:
        """Rather than one of the slots that this doctor, to whom it moves, has published."""
        if by.pk == self.patient_id:
            return self.status == Status.REQUESTED
        return doctor.pk in (self.doctor_id, by.pk) or by.is_administrator

    def _go_to(self, doctor: Doctor) -> None:
        """Raises IllegalStep of a doctor who has left, and of another one where its own works here."""
        if doctor.pk != self.doctor_id:
            if self.status != Status.CONFIRMED or self.doctor.user.is_active:
                raise IllegalStep(STAYS, "doctor_stays")
            self.doctor = doctor
        self._keep_its_doctor(CHOOSE_ANOTHER if self.status == Status.CONFIRMED else DOCTOR_HAS_LEFT)
