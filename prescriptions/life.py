"""What becomes of a prescription after it is issued: lock, look again, check, write, record. models.py has the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.history import EXPIRED_WORDS, PrescriptionStatusChange
from prescriptions.reasons import MAX_REASON, checked_reason
from prescriptions.statuses import CURRENT, NEEDS_REASON, NEXT, OVER, Refill, Status

if TYPE_CHECKING:
    from prescriptions.models import Prescription

CHANGES = ("status", "ended_at", "refills_remaining", "refilled_until")
"""All that ever changes of a prescription, and only through the verbs."""

NOT_YOURS = "Only a doctor who treats the patient and may prescribe, or an administrator, does that."
CLOSES_REQUESTS = (Status.STOPPED, Status.COMPLETED, Status.ENTERED_IN_ERROR)
"""An end by somebody's word answers an open request, too. The clock's does not: it may be renewed yet."""

LIFE_RULES: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(status__in=Status.values), name="prescription_status_in_set"),
    models.CheckConstraint(
        condition=Q(status__in=CURRENT, ended_at=None) | Q(status__in=OVER, ended_at__isnull=False),
        name="prescription_ended_once_over",
    ),
]
LIFE_INDEXES = [models.Index(fields=["expires_at"], condition=Q(status__in=CURRENT), name="prescription_to_expire")]


class Living(models.Model):
    """`seen` is the state that the person had before them, so that a stale page is told."""

    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    patient_id: UUID
    patient: Any
    expires_at: Any
    history: Any
    refill_requests: Any

    class Meta:
        abstract = True

    @property
    def state(self) -> Status:
        """The status as it is now: the clock's is true before its scan has written it."""
        return Status.EXPIRED if self._is_due else Status(self.status)

    @property
    def is_active(self) -> bool:
        return self.state == Status.ACTIVE

    @property
    def is_current(self) -> bool:
        """In use or on hold."""
        return self.state in CURRENT

    @property
    def over_since(self) -> datetime | None:
        return self.expires_at if self._is_due else self.ended_at

    @property
    def _is_due(self) -> bool:
        return self.status in CURRENT and self.expires_at <= timezone.now()

    # --- the steps ----------------------------------------------------------------------------------
    def hold(self, *, by: User, reason: str, seen: Status | None = None) -> None:
        """Not to be taken for now. Raises IllegalStep, NotAllowed, ValidationError as every step does."""
        self.advance(Status.ON_HOLD, by=by, reason=reason, seen=seen)

    def resume(self, *, by: User, reason: str = "", seen: Status | None = None) -> None:
        self.advance(Status.ACTIVE, by=by, reason=reason, seen=seen)

    def stop(self, *, by: User, reason: str, seen: Status | None = None) -> None:
        """For good, before its end."""
        self.advance(Status.STOPPED, by=by, reason=reason, seen=seen)

    def complete(self, *, by: User, reason: str = "", seen: Status | None = None) -> None:
        """Taken as it was meant to be, and needed no longer."""
        self.advance(Status.COMPLETED, by=by, reason=reason, seen=seen)

    def enter_in_error(self, *, by: User, reason: str, seen: Status | None = None) -> None:
        """It should never have been. It stays readable, and counts for nothing."""
        self.advance(Status.ENTERED_IN_ERROR, by=by, reason=reason, seen=seen)

    def advance(self, to: Status, *, by: User, reason: str = "", seen: Status | None = None) -> None:
        """Raises IllegalStep for what cannot follow, NotAllowed for who may not, ValidationError for a missing reason.

        Nothing is changed then.
        """
        reason = checked_reason(reason, needed=to in NEEDS_REASON)
        with self.locked(seen=seen) as before:
            if to not in NEXT[before]:
                possible = " or ".join(step.label.lower() for step in NEXT[before]) or "nothing more"
                raise IllegalStep(
                    f"This prescription is {before.label.lower()}, so it cannot become {to.label.lower()}. "
                    f"From here: {possible}."
                )
            self.refuse_unless_changer(by)
            self.become(to, by=by, reason=reason)

    def expire(self) -> bool:
        """The clock's step: False where it is not due, or was taken meanwhile."""
        with transaction.atomic():
            self._look_again()
            if not self._is_due:
                return False
            self.become(Status.EXPIRED, by=None)
            return True

    def steps_for(self, user: User) -> list[Status]:
        """The steps this person may take now, so that pages offer no other."""
        return list(NEXT[self.state]) if self.may_be_changed_by(user) else []

    def may_be_changed_by(self, user: User) -> bool:
        """Any doctor who may prescribe and treats the patient: who sees the harm must not wait for the prescriber."""
        doctor = user.doctor_or_none
        if user.pk == self.patient_id:  # a doctor is no doctor of theirs
            return False
        if not (user.is_administrator or (doctor and doctor.can_prescribe)):
            return False
        return Patient.objects.visible_to(user).filter(pk=self.patient_id).exists()

    def refuse_unless_changer(self, user: User) -> None:
        if not self.may_be_changed_by(user):
            raise NotAllowed(NOT_YOURS)

    # --- how a step is taken ------------------------------------------------------------------------
    @contextmanager
    def locked(self, *, seen: Status | None = None) -> Iterator[Status]:
        """The row as it is now, and nobody else's until the end. What the clock has ended is recorded first.

        Raises IllegalStep for who saw another state.
        """
        with transaction.atomic():
            self._look_again()
            if seen is not None and seen != self.state:
                raise IllegalStep(f"Meanwhile {self.meanwhile()}. Look again before you go on.", "stale")
            if self._is_due:
                self.become(Status.EXPIRED, by=None)
            yield Status(self.status)

    def _look_again(self) -> None:
        row = type(self)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=self.pk)
        for name in CHANGES:
            setattr(self, name, getattr(row, name))

    def become(self, to: Status, *, by: User | None, reason: str = "", refill: Refill = Refill.NONE) -> None:
        """Inside `locked()`, once everything is checked: writes, and records one fact, which tells people."""
        before, now = Status(self.status), timezone.now()
        self.status = to
        if to in OVER and before in CURRENT:
            self.ended_at = self.expires_at if to == Status.EXPIRED else now
        self.save(update_fields=CHANGES)
        if to in CLOSES_REQUESTS and by and not refill:
            for request in self.refill_requests.open():
                request.close(Refill.REFUSED, by=by, reason=f"{to.label}: {reason}"[:MAX_REASON])
        PrescriptionStatusChange.objects.create(
            prescription=cast("Prescription", self),
            from_status=before,
            to_status=to,
            refill=refill,
            by=by,
            at=now,
            reason=reason,
        )

    def meanwhile(self) -> str:
        """The last that happened to it, for who has not seen that yet."""
        last = None if self._is_due else self.last_change()
        return last.in_words if last else EXPIRED_WORDS

    def last_change(self) -> Any:
        """None where it is as it was issued."""
        return self.history.select_related("by").last()
