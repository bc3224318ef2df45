import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.facts import Fact
from accounts.fields import no_control_characters
from accounts.models import Doctor, Patient, User
from accounts.refusals import NotAllowed
from prescriptions.allergies import Allergy, AllergyEnd
from prescriptions.dosing import Dose, read_dose
from prescriptions.drugs import ClassName, Drug, DrugClass, DrugName, Ingredient
from prescriptions.follow_ups import PrescriptionFollowUp
from prescriptions.history import PrescriptionStatusChange
from prescriptions.known_alerts import KnownAlert
from prescriptions.life import CHANGES, LIFE_INDEXES, LIFE_RULES
from prescriptions.plain_words import in_plain_words
from prescriptions.querysets import PrescriptionQuerySet
from prescriptions.recorded_checks import RecordedCheck, ShownAlert
from prescriptions.refill_requests import RefillRequest
from prescriptions.refilling import Refillable
from prescriptions.renewing import RENEWED_ONCE
from prescriptions.rule_sets import RuleSet
from prescriptions.rules import AllergyRule, DuplicateRule, InteractionRule
from prescriptions.supplies import days_later

if TYPE_CHECKING:
    from prescriptions.overriding import Override

__all__ = [
    "Allergy", "AllergyEnd", "AllergyRule", "ClassName", "Drug", "DrugClass", "DrugName", "DuplicateRule", "Ingredient",
    "InteractionRule", "KnownAlert", "Prescription", "PrescriptionFollowUp", "PrescriptionStatusChange",
    "RecordedCheck", "RefillRequest", "RuleSet", "ShownAlert",
]  # fmt: skip

LONGEST_DAYS = 3650
MOST_REFILLS = 99
LONGEST_IN_ALL = 3660
"""Days, the first supply and its refills together: ten years. What is needed then wants a look again."""

MAX_NOTES = 2000


class Prescription(Refillable, Fact):
    """A doctor's order to take something. Issued once; its saving is what the patient is told. What it says is never
    edited, and what becomes of it is up to its verbs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="prescriptions")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="prescriptions")
    medication = models.CharField(max_length=200, validators=[no_control_characters])
    dosage = models.CharField(max_length=100, validators=[no_control_characters])
    frequency = models.CharField(max_length=100, validators=[no_control_characters])
    duration_days = models.PositiveIntegerField(
        "duration in days", validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    refills_remaining = models.PositiveIntegerField("refills", default=0, validators=[MaxValueValidator(MOST_REFILLS)])
    notes = models.TextField(
        max_length=MAX_NOTES, blank=True, validators=[MaxLengthValidator(MAX_NOTES), no_control_characters]
    )
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(editable=False)

    alerted_covers = models.ManyToManyField(
        Doctor, blank=True, editable=False, related_name="+", help_text="Whom a re-check told of it as cover."
    )

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(duration_days__gt=0), name="prescription_lasts_at_least_a_day"),
            models.CheckConstraint(condition=Q(refills_remaining__gte=0), name="prescription_refills_not_negative"),
            models.CheckConstraint(
                condition=~Q(medication="") & ~Q(dosage="") & ~Q(frequency=""), name="prescription_says_what"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="prescription_ends_later"),
            *LIFE_RULES,
            RENEWED_ONCE,
        ]
        indexes = [
            models.Index(fields=["patient", "-expires_at"], name="prescription_of_patient"),
            models.Index(fields=["doctor", "-created_at"], name="prescription_of_doctor"),
            *LIFE_INDEXES,
        ]

    def __str__(self) -> str:
        return f"{self.medication} for {self.patient.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("prescriptions:detail", args=[self.pk])

    @cached_property
    def dose(self) -> Dose:
        """The strings as numbers, as far as they are understood."""
        return read_dose(self.dosage, self.frequency)

    @property
    def frequency_in_plain_words(self) -> str:
        return in_plain_words(self.frequency, self.dose.rhythm)

    @property
    def recorded_check_or_none(self) -> RecordedCheck | None:
        """None for what was issued before checks were kept."""
        return getattr(self, "recorded_check", None)

    @classmethod
    @transaction.atomic
    def issue(
        cls,
        *,
        by: User,
        patient: Patient,
        medication: str,
        dosage: str,
        frequency: str,
        duration_days: int,
        refills_remaining: int = 0,
        notes: str = "",
        renews: "Prescription | None" = None,
        overrides: "Sequence[Override]" = (),
    ) -> "Prescription":
        """Checked first, and kept with its check. Call it inside `keeping_stops()`.

        Raises NotAllowed for who may not prescribe, ValidationError by field for input that cannot be, OverrideNeeded
        while an alert that stops it has no answer among the `overrides`.
        """
        from prescriptions.issuing import check_and_keep

        doctor = cls.prescriber(by)
        if not Patient.objects.visible_to(by).filter(pk=patient.pk).exists():
            raise NotAllowed("You can prescribe for patients you treat: meet them or record something first.")
        prescription = cls(
            patient=patient,
            doctor=doctor,
            medication=medication.strip(),
            dosage=dosage.strip(),
            frequency=frequency.strip(),
            duration_days=duration_days,
            refills_remaining=refills_remaining,
            notes=notes.strip(),
            created_at=timezone.now(),
            renews=renews,
        )
        prescription.full_clean(exclude=["expires_at"], validate_constraints=False)
        prescription.expires_at = days_later(prescription.created_at, prescription._days_in_all())
        check_and_keep(prescription, overrides, by=by)
        prescription.save(force_insert=True)
        return prescription

    def _days_in_all(self) -> int:
        """A refill is as long as the first supply, and it holds until the last one is used up.

        Raises ValidationError for longer than LONGEST_IN_ALL.
        """
        supply, refills = self.duration_days, self.refills_remaining
        days = supply * (1 + refills)
        if days > LONGEST_IN_ALL:
            most = LONGEST_IN_ALL // supply - 1
            raise ValidationError(
                {
                    "refills_remaining": f"With {refills} refill{'s' if refills > 1 else ''} of {supply} days it would "
                    f"hold for {days} days. Ten years ({LONGEST_IN_ALL} days) is the most: {most or 'no'} "
                    f"refill{'' if most == 1 else 's'} of that length, or a shorter supply."
                }
            )
        return days

    @staticmethod
    def prescriber(user: User) -> Doctor:
        """The doctor that the person is. Raises NotAllowed unless they may prescribe."""
        doctor = user.doctor_or_none
        if doctor is None:
            raise NotAllowed("Only doctors prescribe.")
        if not doctor.can_prescribe:
            raise NotAllowed("Your account may not prescribe. An administrator can change that.")
        return doctor

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not set(kwargs.get("update_fields") or ["all"]) <= set(CHANGES):
            raise TypeError("A prescription is not changed once it is issued.")
        super().save(*args, **kwargs)
