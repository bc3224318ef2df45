"""How long a supply lasts, when more of it can be asked for, and how a prescription is renewed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from notifications.dispatch import covering
from prescriptions.life import Living
from prescriptions.locking import lock_patient
from prescriptions.reasons import checked_reason
from prescriptions.refill_requests import RefillRequest
from prescriptions.statuses import Refill, Status

if TYPE_CHECKING:
    from prescriptions.models import Prescription
    from prescriptions.overriding import Override

ASKED_AHEAD = timedelta(days=14)
"""How long before a supply ends the next one can be asked for."""

RENEWABLE_FOR = timedelta(days=183)
"""How long after its end a patient can ask for a renewal. What is older needs a visit."""


class Refillable(Living):
    """A supply lasts `duration_days`. A refill begins where the supply before it ends, or on the day it is granted."""

    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="renewal"
    )
    refilled_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The end of the last supply that was granted as a refill."
    )

    created_at: Any
    doctor_id: Any
    doctor: Any
    duration_days: Any
    refills_remaining: Any

    class Meta:
        abstract = True

    @property
    def supply_ends_at(self) -> datetime:
        """When what has been handed out is used up. Never after the prescription itself ends."""
        end: datetime = self.refilled_until or self.created_at + timedelta(days=self.duration_days)
        return end

    @property
    def next_refill_on(self) -> date | None:
        """The day by the clinic's clock from which the next refill is needed; None where there is none to come."""
        if not (self.is_current and self.refills_remaining) or self.supply_ends_at >= self.expires_at:
            return None
        return timezone.localdate(self.supply_ends_at)

    @property
    def ends_on(self) -> date:
        """The last day by the clinic's clock, or the day on which it ended."""
        return timezone.localdate(self.over_since or self.expires_at)

    @property
    def renewal_or_none(self) -> "Prescription | None":
        return getattr(self, "renewal", None)

    def is_renewed(self) -> bool:
        """Asked of the database anew."""
        others: Any = type(self)._default_manager
        return bool(others.filter(renews=self.pk).exists())

    @property
    def needs_renewal(self) -> bool:
        """Whether more of it means a new prescription."""
        return self.state != Status.ACTIVE or self.refills_remaining == 0

    @property
    def refills_at_first(self) -> int:
        """How many it was issued with."""
        return round((self.expires_at - self.created_at) / timedelta(days=self.duration_days)) - 1

    # --- asking -------------------------------------------------------------------------------------
    def ask_refill(self, *, by: User, note: str = "") -> RefillRequest:
        """The patient asks the prescriber, and whoever covers them now, for the next supply, or for a renewal.

        Raises IllegalStep for a second time while one is open, for too early, and for what has ended for good;
        NotAllowed for who is neither the patient nor an administrator; ValidationError for a note that cannot be.
        """
        note = checked_reason(note, needed=False, field="note")
        with self.locked():
            if not self.may_speak_for_patient(by):
                raise NotAllowed("The patient asks for a refill, or an administrator for them.")
            why_not = self.why_no_refill()
            if why_not:
                raise IllegalStep(*why_not)
            asked: dict[str, Any] = {"asked_by": by, "asked_at": timezone.now(), "note": note}
            request = RefillRequest(prescription=cast("Prescription", self), **asked)
            request.save(force_insert=True)
            now_covering = covering([self.doctor_id]).get(self.doctor_id, [])
            request.covers.set(Doctor.objects.filter(pk__in=now_covering).exclude(pk=self.patient_id))
            self.become(Status(self.status), by=by, reason=note, refill=Refill.REQUESTED)
        return request

    def may_ask_refill(self, user: User) -> bool:
        return self.may_speak_for_patient(user) and self.why_no_refill() is None

    def may_speak_for_patient(self, user: User) -> bool:
        """Who asks for a refill and withdraws that: the patient, and an administrator whom they have called."""
        return user.pk == self.patient_id or user.is_administrator

    def why_no_refill(self) -> tuple[str, str] | None:
        """A sentence and its code, where nobody can ask for more of it now."""
        state = self.state
        if self.is_renewed():
            return "It has been renewed: ask for a refill of the new prescription.", "renewed_already"
        if self.refill_requests.open().exists():
            return "A refill is asked for already. The doctor has been told.", "already_asked"
        if state == Status.ON_HOLD:
            return "It is on hold. Ask your doctor before you take more of it.", "illegal_step"
        if state not in (Status.ACTIVE, Status.EXPIRED) or self.expires_at < timezone.now() - RENEWABLE_FOR:
            return "It has ended. Ask for an appointment if you need it again.", "illegal_step"
        if timezone.now() < self.supply_ends_at - ASKED_AHEAD:
            first = timezone.localdate(self.supply_ends_at - ASKED_AHEAD)
            return f"Your supply lasts for a while. You can ask from {first:%-d %B %Y} on.", "too_early"
        if not self.doctor.user.is_active:
            return "The doctor who prescribed it no longer works here. Ask for an appointment.", "illegal_step"
        return None

    # --- answering ----------------------------------------------------------------------------------
    def take_refill(self, *, by: User, reason: str) -> None:
        """Inside `locked()`: one refill less, and a supply more, which ends with the prescription at the latest."""
        if self.status != Status.ACTIVE:
            state = Status(self.status).label.lower()
            raise IllegalStep(f"This prescription is {state}, so it cannot be refilled. Renew it, or refuse.")
        if self.refills_remaining == 0:
            raise IllegalStep("No refill is left. Renew the prescription, or refuse.", code="no_refill_left")
        begins = max(self.supply_ends_at, timezone.now())
        self.refilled_until = min(begins + timedelta(days=self.duration_days), self.expires_at)
        self.refills_remaining -= 1
        self.become(Status.ACTIVE, by=by, reason=reason, refill=Refill.GRANTED)

    @transaction.atomic
    def renew(
        self,
        *,
        by: User,
        duration_days: int | None = None,
        refills_remaining: int | None = None,
        notes: str | None = None,
        overrides: "Sequence[Override]" = (),
        seen: Status | None = None,
    ) -> "Prescription":
        """The same medication and dose again, as a new prescription that is checked like every other.

        The one before is completed with it, so that the two are not counted as a duplicate, and an open request is
        answered. Call it inside `keeping_stops()`.
        Raises IllegalStep for what cannot be renewed, and all that `Prescription.issue` raises.
        """
        old = cast("Prescription", self)
        lock_patient(self.patient_id)
        with self.locked(seen=seen) as before:
            old.prescriber(by)
            self.refuse_unless_changer(by)
            self._refuse_unless_renewable(before)
            request = self.refill_requests.open().first()
            if request:
                request.close(Refill.RENEWED, by=by)
            to = Status.COMPLETED if before == Status.ACTIVE else before
            self.become(to, by=by, reason="Renewed", refill=Refill.RENEWED)
            return old.issue(
                by=by,
                patient=Patient.objects.get(pk=self.patient_id),
                medication=old.medication,
                dosage=old.dosage,
                frequency=old.frequency,
                duration_days=old.duration_days if duration_days is None else duration_days,
                refills_remaining=self.refills_at_first if refills_remaining is None else refills_remaining,
                notes=old.notes if notes is None else notes,
                overrides=overrides,
                renews=old,
            )

    def _refuse_unless_renewable(self, state: Status) -> None:
        if self.is_renewed():
            raise IllegalStep("It has been renewed already. Look at the new prescription.", code="renewed_already")
        if state == Status.ON_HOLD:
            raise IllegalStep("It is on hold. Take it back into use before you renew it.")
        if state not in (Status.ACTIVE, Status.EXPIRED, Status.COMPLETED):
            raise IllegalStep(f"It is {state.label.lower()}. If it is right again, prescribe it anew.")

    def may_be_renewed_by(self, user: User) -> bool:
        renewable = self.state in (Status.ACTIVE, Status.EXPIRED, Status.COMPLETED) and not self.renewal_or_none
        return bool(renewable and user.doctor_or_none and self.may_be_changed_by(user))
