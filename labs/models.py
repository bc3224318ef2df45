import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from labs.querysets import LabResultQuerySet
from labs.values import PARTS, Values, read_values

MAX_NOTES = 4000


class LabResult(models.Model):
    """What a laboratory found. Recorded once; its saving is what the doctor and the patient are told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="lab_results")
    doctor = models.ForeignKey(
        Doctor, verbose_name="ordering doctor", on_delete=models.PROTECT, related_name="ordered_results"
    )
    test_type = models.CharField("test", max_length=100, validators=[no_control_characters])
    entries = models.JSONField(
        "values", help_text="A list, because PostgreSQL does not keep the order of an object's keys."
    )
    critical = models.BooleanField(default=False, help_text="A value needs a doctor at once.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = LabResultQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(test_type=""), name="lab_result_says_which_test"),
            models.CheckConstraint(condition=~Q(entries=[]), name="lab_result_has_values"),
        ]
        indexes = [
            models.Index(fields=["doctor", "-critical", "created_at"], name="lab_result_worklist"),
            models.Index(fields=["patient", "-created_at"], name="lab_result_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.test_type} of {self.patient.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("labs:detail", args=[self.pk])

    @property
    def review_or_none(self) -> "LabReview | None":
        return getattr(self, "review", None)

    @property
    def result_data(self) -> Values:
        """The values under the names and in the order that they were sent."""
        return {entry["name"]: {part: entry[part] for part in PARTS} for entry in self.entries}

    @property
    def summary(self) -> str:
        """The first value in a line, for where there is room for one: "Potassium 7.1 mmol/L"."""
        name, parts = next(iter(self.result_data.items()))
        return " ".join(filter(None, [name, parts["value"], parts["unit"]]))

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        by: User,
        patient: Patient,
        doctor: Doctor,
        test_type: str,
        result_data: object,
        critical: bool = False,
    ) -> "LabResult":
        """Raises NotAllowed for who may not record, ValidationError by field for input that cannot be."""
        cls.refuse_unless_recorder(by)
        if not Patient.objects.visible_to(by).filter(pk=patient.pk).exists():
            raise NotAllowed("You can record results of patients you treat.")
        if not doctor.user.is_active:
            raise ValidationError({"doctor": "This doctor no longer works here; a result needs one who answers."})
        result = cls(
            patient=patient,
            doctor=doctor,
            test_type=test_type.strip(),
            entries=[{"name": name, **parts} for name, parts in read_values(result_data).items()],
            critical=critical,
            recorded_by=by,
            created_at=timezone.now(),
        )
        result.full_clean(validate_constraints=False)
        result.save(force_insert=True)
        return result

    @staticmethod
    def refuse_unless_recorder(user: User) -> None:
        if not (user.is_administrator or user.doctor_or_none):
            raise NotAllowed("Results are recorded by doctors, administrators and laboratories.")

    def may_be_reviewed_by(self, user: User) -> bool:
        return user.pk == self.doctor_id and self.review_or_none is None

    @transaction.atomic
    def review_with(self, *, by: User, notes: str = "") -> "LabReview":
        """The ordering doctor has looked at it. Raises NotAllowed, IllegalStep for a second review."""
        if by.pk != self.doctor_id:
            raise NotAllowed(f"{self.doctor.full_display_name} ordered this result and reviews it.")
        review = LabReview(result=self, by=by, at=timezone.now(), notes=notes.strip())
        review.full_clean(exclude=["result"], validate_constraints=False)
        try:
            with transaction.atomic():
                review.save(force_insert=True)
        except IntegrityError:
            raise IllegalStep("This result has been reviewed already.", code="already_reviewed") from None
        return review

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A result is not changed once it is recorded.")
        super().save(*args, **kwargs)


class LabReview(models.Model):
    """That, when and how the ordering doctor answered. One a result, by the database's own rule."""

    result = models.OneToOneField(LabResult, on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    notes = models.TextField(
        max_length=MAX_NOTES, blank=True, validators=[MaxLengthValidator(MAX_NOTES), no_control_characters]
    )

    def __str__(self) -> str:
        return f"{self.result_id} reviewed by {self.by.full_name}"
