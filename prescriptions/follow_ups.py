"""What a prescriber means to look at again, and when. models.py makes it known to Django."""

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.facts import Fact
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed

if TYPE_CHECKING:
    from prescriptions.models import Prescription
    from prescriptions.recorded_checks import ShownAlert

USUALLY = timedelta(days=7)


class PrescriptionFollowUpQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """The prescriber's own; an administrator's all. What a doctor means to do is not a patient's to read."""
        if user.is_administrator:
            return self.all()
        return self.filter(doctor=user.doctor_or_none) if user.doctor_or_none else self.none()

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "prescription", "alert")

    def open(self) -> Self:
        return self.filter(done_at=None).order_by("due", "id")

    def due_for(self, doctor: Doctor) -> Self:
        """Those whose day has come by the clinic's clock, the longest waiting first."""
        return self.open().filter(doctor=doctor, due__lte=timezone.localdate())


class PrescriptionFollowUp(Fact):
    """ "Will monitor": comes back to the prescriber's worklist on its day, and stays there until it is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.OneToOneField("prescriptions.ShownAlert", on_delete=models.PROTECT, related_name="follow_up")
    prescription = models.ForeignKey("prescriptions.Prescription", on_delete=models.PROTECT, related_name="follow_ups")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="prescription_follow_ups")
    due = models.DateField(help_text="A day by the clinic's clock.")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PrescriptionFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="prescription_follow_up_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "due"], condition=Q(done_at=None), name="prescription_follow_up_list"),
        ]

    def __str__(self) -> str:
        return f"{self.patient.full_name}, {self.due:%-d %b %Y}"

    @classmethod
    def plan(cls, alert: "ShownAlert", prescription: "Prescription", *, due: date | None) -> "PrescriptionFollowUp":
        """In a week where no day is named; one that is named was looked at with its override."""
        follow_up = cls(alert=alert, prescription_id=prescription.pk, due=due or timezone.localdate() + USUALLY)
        follow_up.patient_id, follow_up.doctor_id = prescription.patient_id, prescription.doctor_id
        follow_up.save(force_insert=True)
        return follow_up

    @transaction.atomic
    def done(self, *, by: User) -> None:
        """The doctor has looked again. Raises NotAllowed for anybody else, IllegalStep for a second time."""
        if by.pk != self.doctor_id:
            raise NotAllowed(f"{self.doctor.full_display_name} follows this up.")
        self.done_at = PrescriptionFollowUp.objects.select_for_update(no_key=True).get(pk=self.pk).done_at
        if self.done_at is not None:
            raise IllegalStep("This follow-up is done already.", code="already_done")
        self.done_at, self.done_by = timezone.now(), by
        self.save(update_fields=["done_at", "done_by"])
