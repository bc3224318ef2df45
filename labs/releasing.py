"""What may be done about the release of a result to its patient: verbs of LabResult."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from labs.checks import checked_reason
from labs.holds import ResultHold, treats
from labs.life import lock_versions, refuse_unless_current
from labs.release import ReleasePolicy, Standing, reads_as_patient
from labs.release_words import told_of
from labs.seen import when_seen
from labs.waits import ResultWait, finish_wait

if TYPE_CHECKING:
    from labs.models import LabResult


class Withheld(NotAllowed):
    """There is such a result of theirs, and they do not see it yet: `code` is held or waiting."""

    def __init__(self, result: "LabResult") -> None:
        told = told_of(result)
        super().__init__(f"{told.why} {told.when}.", code=told.standing.state)


class Releasing:
    """The part of LabResult that is about its release. All versions of a result share one."""

    @property
    def _me(self) -> "LabResult":
        return cast("LabResult", self)

    @property
    def first_id(self) -> UUID:
        """Of its first version, which stands for all of them."""
        return self._me.original_id or self._me.pk

    @property
    def release_policy(self) -> ReleasePolicy:
        """One query, unless the queryset was asked for it: see `with_release`."""
        row: Any = self._me
        if "waits_since" not in row.__dict__:
            row = type(row).objects.with_release().get(pk=row.pk)
        return ReleasePolicy(row.held_since, row.held_until, row.waits_since)

    @property
    def release(self) -> Standing:
        """How it stands with the patient now."""
        return self.release_policy.at(timezone.now())

    @property
    def open_hold(self) -> ResultHold | None:
        return ResultHold.objects.in_force().filter(original=self.first_id).with_people().first()

    def may_be_held_by(self, user: User) -> bool:
        """A doctor who treats the patient; not one who is the patient."""
        return treats(user, self._me.patient_id)

    def hold_may_be_lifted_by(self, user: User) -> bool:
        """Who may place one, and an administrator: lifting gives the patient what is theirs."""
        return treats(user, self._me.patient_id) or (user.is_administrator and user.pk != self._me.patient_id)

    @transaction.atomic
    def hold(self, *, by: User, basis: str, reason: str, ends_at: datetime) -> ResultHold:
        """Keep it from the patient, for a reason, on a ground of the law, until `ends_at`; other readers go on.

        Raises NotAllowed, ValidationError by field, and IllegalStep for a superseded version, where it is held already,
        and for what the patient has opened: that cannot be taken back.
        """
        if not self.may_be_held_by(by):
            raise NotAllowed("A result is held back by a doctor who treats the patient.")
        reason = checked_reason(reason)
        refuse_unless_current(self._me)
        self._refuse_unless_worth_holding()
        held = ResultHold.objects.open().filter(original=self.first_id).with_people().first()
        if held and held.ends_at > timezone.now():
            raise IllegalStep(
                f"{held.placed_by.full_name} holds it until {timezone.localtime(held.ends_at):%-d %B %Y, %H:%M}. "
                "Lift that hold first.",
                code="already_held",
            )
        if held:
            held.lapse(at=timezone.now())
        return ResultHold.place(self._me, by=by, basis=basis, reason=reason, ends_at=ends_at)

    def _refuse_unless_worth_holding(self) -> None:
        if self._me.patient_id == self._me.doctor_id:
            raise IllegalStep("The patient ordered this result as a doctor and answers for it.", code="own_order")
        if opened := when_seen(self._me, by=self._me.patient_id):
            at = timezone.localtime(opened)
            raise IllegalStep(
                f"The patient opened this result on {at:%-d %B %Y at %H:%M}: "
                "it cannot be held back any more. Call them.",
                code="already_read",
            )

    @transaction.atomic
    def lift_hold(self, *, by: User, reason: str) -> ResultHold:
        """The patient sees it now. Raises NotAllowed, ValidationError without a reason, IllegalStep without a hold."""
        if not self.hold_may_be_lifted_by(by):
            raise NotAllowed("A hold is lifted by a doctor who treats the patient, or an administrator.")
        reason = checked_reason(reason)
        lock_versions(self.first_id)
        held = self.open_hold
        if held is None:
            raise IllegalStep("Nobody holds this result back any more.", code="not_held")
        held.lift(by=by, reason=reason)
        return held

    @transaction.atomic
    def show_now(self, *, by: User) -> None:
        """The patient will not wait for the doctor's comment on this one.

        Raises NotAllowed for anybody else, Withheld where a doctor holds it, IllegalStep where it does not wait.
        """
        if not reads_as_patient(by.pk, patient=self._me.patient_id, doctor=self._me.doctor_id):
            raise NotAllowed("When a patient sees results, only the patient chooses.")
        lock_versions(self.first_id)
        if self.release.is_held:
            raise Withheld(self._me)
        if not finish_wait(self._me, ResultWait.End.ASKED, by=by):
            raise IllegalStep("You can see this result already.", code="not_waiting")
