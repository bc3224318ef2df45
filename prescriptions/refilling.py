"""When more of it can be asked for, and by whom; and what a grant gives."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone

from accounts.models import Doctor, User
from accounts.refusals import IllegalStep, NotAllowed
from notifications.dispatch import covering
from prescriptions.reasons import checked_reason
from prescriptions.refill_requests import RefillRequest
from prescriptions.renewing import Renewable
from prescriptions.statuses import Refill, Status
from prescriptions.supplies import Supply

if TYPE_CHECKING:
    from prescriptions.models import Prescription

ASKED_AHEAD = timedelta(days=14)
"""How long before the day on which a supply ends the next one can be asked for, all that day."""

RENEWABLE_FOR = timedelta(days=183)
"""How long after its end a patient can ask for a renewal. What is older needs a visit."""


class Refillable(Renewable):
    doctor_id: Any
    doctor: Any

    class Meta:
        abstract = True

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
            request.covers.set(self.covers_who_can_answer())
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
            return "A refill is asked for already. The answer will stand here.", "already_asked"
        if state == Status.ON_HOLD:
            return "It is on hold. Ask your doctor before you take more of it.", "illegal_step"
        renewable = state in (Status.ACTIVE, Status.EXPIRED) or self.lost_its_renewal()
        if not renewable or self.expires_at < timezone.now() - RENEWABLE_FOR:
            return "It has ended. Ask for an appointment if you need it again.", "illegal_step"
        first = timezone.localdate(self.supply_ends_at) - ASKED_AHEAD
        if timezone.localdate() < first:
            return f"Your supply lasts for a while. You can ask from {first:%-d %B %Y} on.", "too_early"
        if not self.prescriber_can_answer() and not self.covers_who_can_answer():
            return f"{self._why_no_answer()} Ask for an appointment.", "illegal_step"
        return None

    def prescriber_can_answer(self) -> bool:
        return bool(self.doctor.user.is_active and self.doctor.can_prescribe and self.doctor_id != self.patient_id)

    def covers_who_can_answer(self) -> list[Doctor]:
        """Who covers the prescriber now and may prescribe."""
        ids = covering([self.doctor_id]).get(self.doctor_id, [])
        return list(Doctor.objects.prescribing().filter(pk__in=ids).exclude(pk=self.patient_id))

    def _why_no_answer(self) -> str:
        if not self.doctor.user.is_active:
            return "The doctor who prescribed it no longer works here."
        return "The doctor who prescribed it cannot prescribe more of it."

    # --- answering ----------------------------------------------------------------------------------
    def take_refill(self, *, by: User, reason: str) -> Supply:
        """Inside `locked()`: one refill less, and a supply more, which ends with the prescription at the latest."""
        if self.status != Status.ACTIVE:
            state = Status(self.status).label.lower()
            raise IllegalStep(f"This prescription is {state}, so it cannot be refilled. Renew it, or refuse.")
        if self.refills_remaining == 0:
            raise IllegalStep("No refill is left. Renew the prescription, or refuse.", code="no_refill_left")
        supply = self.next_supply
        if supply is None:
            end = f"{timezone.localtime(self.expires_at):%-d %B %Y}"
            raise IllegalStep(
                f"What was granted lasts until the prescription ends on {end}, so a refill would add nothing. "
                "Renew the prescription, or refuse.",
                code="no_refill_left",
            )
        self.refilled_until = supply.until
        self.refills_remaining -= 1
        self.become(Status.ACTIVE, by=by, reason=reason, refill=Refill.GRANTED)
        return supply
