"""What a doctor means to look at again after a review, and when. models.py makes it known to Django."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.follow_ups import FollowUp, FollowUpQuerySet, done_by_somebody
from accounts.models import Doctor
from labs.checks import MAX_REASON

if TYPE_CHECKING:
    from labs.models import LabReview

FURTHEST = timedelta(days=731)


class LabFollowUpQuerySet(FollowUpQuerySet):
    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "review__result")


class LabFollowUp(FollowUp):
    review = models.OneToOneField("labs.LabReview", on_delete=models.PROTECT, related_name="follow_up")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="lab_follow_ups")
    note = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])

    objects = LabFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [done_by_somebody("lab_follow_up_done_by_somebody")]
        indexes = [
            models.Index(fields=["doctor", "due"], condition=Q(done_at=None), name="lab_follow_up_worklist"),
        ]

    @classmethod
    def plan(cls, review: "LabReview", *, due: date, note: str = "") -> "LabFollowUp":
        """Raises ValidationError by field for a day that is not ahead, or further than two years."""
        today = timezone.localdate()
        if not today < due <= today + FURTHEST:
            raise ValidationError({"monitor_until": "Choose a day from tomorrow to two years ahead."})
        follow_up = cls(
            review=review,
            patient_id=review.result.patient_id,
            doctor_id=review.result.doctor_id,
            due=due,
            note=note.strip(),
        )
        try:
            follow_up.full_clean(validate_constraints=False)
        except ValidationError as error:
            raise ValidationError({"monitor_note": error.messages}) from None
        follow_up.save(force_insert=True)
        return follow_up
