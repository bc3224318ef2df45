"""What a prescriber means to look at again after an override, and when. models.py makes it known to Django."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.follow_ups import FollowUp, FollowUpQuerySet, done_by_somebody
from accounts.models import Doctor

if TYPE_CHECKING:
    from prescriptions.models import Prescription
    from prescriptions.recorded_checks import ShownAlert

USUALLY = timedelta(days=7)


class PrescriptionFollowUpQuerySet(FollowUpQuerySet):
    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "prescription", "alert")


class PrescriptionFollowUp(FollowUp):
    alert = models.OneToOneField("prescriptions.ShownAlert", on_delete=models.PROTECT, related_name="follow_up")
    prescription = models.ForeignKey("prescriptions.Prescription", on_delete=models.PROTECT, related_name="follow_ups")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="prescription_follow_ups")

    objects = PrescriptionFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [done_by_somebody("prescription_follow_up_done_by_somebody")]
        indexes = [
            models.Index(fields=["doctor", "due"], condition=Q(done_at=None), name="prescription_follow_up_list"),
        ]

    @classmethod
    def plan(cls, alert: "ShownAlert", prescription: "Prescription", *, due: date | None) -> "PrescriptionFollowUp":
        """In a week where no day is named; one that is named was looked at with its override."""
        follow_up = cls(alert=alert, prescription_id=prescription.pk, due=due or timezone.localdate() + USUALLY)
        follow_up.patient_id, follow_up.doctor_id = prescription.patient_id, prescription.doctor_id
        follow_up.save(force_insert=True)
        return follow_up
