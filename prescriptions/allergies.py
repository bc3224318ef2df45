"""What a patient does not tolerate. models.py makes it known to Django."""

import uuid
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.fields import no_control_characters, says_something
from accounts.models import Patient, User
from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.drugs import DrugClass, Ingredient
from prescriptions.loading import rule_book
from prescriptions.locking import lock_patient

MAX_TEXT = 200


class AllergyQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` leave no history: use the verbs."""

    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def current(self) -> Self:
        """Those that have neither ended nor turned out to be an error."""
        return self.filter(end=None)

    def with_all(self) -> Self:
        return self.select_related("patient__user", "ingredient", "drug_class", "recorded_by", "end__by")


class Allergy(models.Model):
    """Recorded once, never edited. Without a code no rule can be asked about it, and every check says so."""

    class Severity(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        MILD = "mild", "Mild"
        MODERATE = "moderate", "Moderate"
        SEVERE = "severe", "Severe"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=MAX_TEXT, validators=[no_control_characters], help_text="As it was said.")
    ingredient = models.ForeignKey(Ingredient, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drug_class = models.ForeignKey(DrugClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reaction = models.CharField(max_length=MAX_TEXT, blank=True, validators=[no_control_characters])
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.UNKNOWN)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(editable=False)

    objects = AllergyQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "id"]
        verbose_name_plural = "allergies"
        constraints = [
            models.CheckConstraint(condition=~Q(substance=""), name="allergy_names_a_substance"),
            models.CheckConstraint(
                condition=Q(severity__in=["unknown", "mild", "moderate", "severe"]), name="allergy_severity_in_set"
            ),
            models.CheckConstraint(
                condition=Q(ingredient=None) | Q(drug_class=None), name="allergy_has_one_code_at_most"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_at"], name="allergy_of_patient")]

    def __str__(self) -> str:
        return f"{self.substance}, {self.patient.full_name}"

    @property
    def code(self) -> str:
        """ "class:Penicillins", "ingredient:amoxicillin", or an empty text for what no rule can be asked about."""
        if self.drug_class:
            return f"class:{self.drug_class.name}"
        return f"ingredient:{self.ingredient.name}" if self.ingredient else ""

    @property
    def end_or_none(self) -> "AllergyEnd | None":
        return getattr(self, "end", None)

    @classmethod
    @transaction.atomic
    def record(
        cls, *, by: User, patient: Patient, substance: str, reaction: str = "", severity: str = Severity.UNKNOWN
    ) -> "Allergy":
        """Coded where the substance is exactly the name of an ingredient or a class; never guessed.

        Raises NotAllowed for who may not record, ValidationError by field for input that cannot be.
        """
        refuse_unless_recorder(by, patient)
        lock_patient(patient.pk)
        book = rule_book()
        code = book.code_of(substance) if book else ""
        kind, _, name = code.partition(":")
        allergy = cls(
            patient=patient,
            substance=substance.strip(),
            ingredient=Ingredient.objects.filter(name=name).first() if kind == "ingredient" else None,
            drug_class=DrugClass.objects.filter(name=name).first() if kind == "class" else None,
            reaction=reaction.strip(),
            severity=severity,
            recorded_by=by,
            recorded_at=timezone.now(),
        )
        allergy.full_clean(validate_constraints=False)
        allergy.save(force_insert=True)
        return allergy

    def end_now(self, *, by: User, reason: str) -> "AllergyEnd":
        """It was one, and is none any longer. Raises as `enter_in_error` does."""
        return self._end(AllergyEnd.Kind.ENDED, by=by, reason=reason)

    def enter_in_error(self, *, by: User, reason: str) -> "AllergyEnd":
        """It never was one.

        Raises NotAllowed for who may not record, IllegalStep for a second time, ValidationError without a reason.
        """
        return self._end(AllergyEnd.Kind.ENTERED_IN_ERROR, by=by, reason=reason)

    @transaction.atomic
    def _end(self, kind: str, *, by: User, reason: str) -> "AllergyEnd":
        refuse_unless_recorder(by, self.patient)
        lock_patient(self.patient_id)
        end = AllergyEnd(allergy=self, kind=kind, by=by, at=timezone.now(), reason=reason.strip())
        if not says_something(end.reason):
            raise ValidationError({"reason": "Say why."})
        end.full_clean(exclude=["allergy"], validate_constraints=False)
        try:
            with transaction.atomic():
                end.save(force_insert=True)
        except IntegrityError:
            raise IllegalStep("This allergy is no longer on the list.", code="already_ended") from None
        return end

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An allergy is not changed once it is recorded: end it, and record another.")
        super().save(*args, **kwargs)


class AllergyEnd(models.Model):
    """That, when and why an allergy left the list. One an allergy, by the database's own rule."""

    class Kind(models.TextChoices):
        ENDED = "ended", "Ended"
        ENTERED_IN_ERROR = "entered_in_error", "Entered in error"

    allergy = models.OneToOneField(Allergy, on_delete=models.PROTECT, related_name="end")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=500, validators=[no_control_characters])
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["ended", "entered_in_error"]), name="allergy_end_kind_in_set"),
            models.CheckConstraint(condition=~Q(reason=""), name="allergy_end_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.allergy_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The end of an allergy is not changed once it is recorded.")
        super().save(*args, **kwargs)


def may_record(user: User, patient: Patient) -> bool:
    clinical = user.is_administrator or user.doctor_or_none
    return bool(clinical and Patient.objects.visible_to(user).filter(pk=patient.pk).exists())


def refuse_unless_recorder(user: User, patient: Patient) -> None:
    if not (user.is_administrator or user.doctor_or_none):
        raise NotAllowed("Allergies are recorded by doctors and administrators.")
    if not Patient.objects.visible_to(user).filter(pk=patient.pk).exists():
        raise NotAllowed("You can record allergies of patients you treat.")
