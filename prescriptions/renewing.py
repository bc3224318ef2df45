"""How a prescription is renewed: the same again, as a new one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Patient, User
from accounts.refusals import IllegalStep
from prescriptions.locking import lock_patient
from prescriptions.statuses import Refill, Status
from prescriptions.supplies import Supplied

if TYPE_CHECKING:
    from prescriptions.models import Prescription
    from prescriptions.overriding import Override


RENEWED_ONCE = models.UniqueConstraint(
    fields=["renews"], condition=~Q(status=Status.ENTERED_IN_ERROR), name="prescription_renewed_once"
)


class Renewable(Supplied):
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="renewals"
    )

    pk: Any
    renewals: Any

    class Meta:
        abstract = True

    @property
    def renewal_or_none(self) -> "Prescription | None":
        """One that was entered in error renews nothing: the one before it can be renewed again."""
        standing = (one for one in self.renewals.all() if one.status != Status.ENTERED_IN_ERROR)
        return next(standing, None)

    def is_renewed(self) -> bool:
        """Asked of the database anew."""
        return bool(self.renewals.exclude(status=Status.ENTERED_IN_ERROR).exists())

    def lost_its_renewal(self) -> bool:
        """It was completed by a renewal, and that one was entered in error."""
        renewed = self.status == Status.COMPLETED and self.history.filter(refill=Refill.RENEWED).exists()
        return renewed and not self.is_renewed()

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
