"""What a doctor means to look at again, and when. models.py makes it known to Django."""

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from labs.checks import MAX_REASON

if TYPE_CHECKING:
    from labs.models import LabReview

FURTHEST = timedelta(days=731)


class LabFollowUpQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` tell nobody: use the verbs."""

    def visible_to(self, user: User) -> Self:
        """The doctor's own; an administrator's all but those about them: what a doctor means to do with them is not the
        patient's to read.
        """
        if user.is_administrator:
            return self.exclude(Q(patient=user.pk) & ~Q(doctor=user.pk))
        return self.filter(doctor=user.doctor_or_none) if user.doctor_or_none else self.none()

    def with_people(self) -> Self:
        return self.select_related("patient__user", "doctor__user", "review__result")

    def open(self) -> Self:
        return self.filter(done_at=None).order_by("due", "id")

    def due_for(self, doctor: Doctor) -> Self:
        """Those whose day has come by the clinic's clock, the longest waiting first."""
        return self.open().filter(doctor=doctor, due__lte=timezone.localdate())


class LabFollowUp(Fact):
    """ "Will monitor": comes back to the doctor's worklist on its day, and stays there until it is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.OneToOneField("labs.LabReview", on_delete=models.PROTECT, related_name="follow_up")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="lab_follow_ups")
    due = models.DateField(help_text="A day by the clinic's clock.")
    note = models.CharField(max_length=MAX_REASON, blank=True, validators=[no_control_characters])
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = LabFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="lab_follow_up_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "due"], condition=Q(done_at=None), name="lab_follow_up_worklist"),
        ]

    def __str__(self) -> str:
        return f"{self.patient.full_name}, {self.due:%-d %b %Y}"

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

    @transaction.atomic
    def done(self, *, by: User) -> None:
        """The doctor has looked again. Raises NotAllowed for anybody else, IllegalStep for a second time."""
        if by.pk != self.doctor_id:
            raise NotAllowed(f"{self.doctor.full_display_name} follows this up.")
        self.done_at = LabFollowUp.objects.select_for_update(no_key=True).get(pk=self.pk).done_at
        if self.done_at is not None:
            raise IllegalStep("This follow-up is done already.", code="already_done")
        self.done_at, self.done_by = timezone.now(), by
        self.save(update_fields=["done_at", "done_by"])
