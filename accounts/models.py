import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.idempotency import IdempotencyKey
from accounts.querysets import DoctorQuerySet, PatientQuerySet, UserManager
from accounts.signals import active_changed

__all__ = ["Doctor", "IdempotencyKey", "Patient", "User"]

RECORD_NUMBER_SEQUENCE = "accounts_record_number"


class User(AbstractBaseUser):
    """A person who can sign in. `is_staff` is the one switch that makes an administrator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        "e-mail",
        max_length=254,
        unique=True,
        validators=[no_control_characters],
        error_messages={"unique": "There is already an account with this e-mail address."},
    )
    first_name = models.CharField(max_length=100, validators=[no_control_characters])
    last_name = models.CharField(max_length=100, validators=[no_control_characters])
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick instead of deleting: what the person did stays on record."
    )
    is_staff = models.BooleanField(
        "administrator", default=False, help_text="May use this administration and see every patient."
    )
    is_laboratory = models.BooleanField(
        "laboratory",
        default=False,
        help_text="A laboratory's program: records results through the API, sees nothing, has no other role.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
            models.CheckConstraint(
                condition=~Q(is_laboratory=True, is_staff=True), name="laboratory_is_no_administrator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} <{self.email}>"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever must hear that it was deactivated, or activated again, hears it in the same transaction, and once."""
        changes = self._changes_activity(kwargs.get("update_fields"))
        super().save(*args, **kwargs)
        if changes:
            active_changed.send(User, user=self)

    def _changes_activity(self, fields: Iterable[str] | None) -> bool:
        """By the row itself, which is locked: of two who deactivate somebody at once, one does."""
        if self._state.adding or (fields is not None and "is_active" not in fields):
            return False
        row = User.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("is_active", flat=True)
        return list(row) == [not self.is_active]

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()
        if self.is_laboratory and (self.is_staff or self.doctor_or_none or self.patient_or_none):
            raise ValidationError("A laboratory's account has no other role: make one of its own for it.")

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.is_staff

    @property
    def doctor_or_none(self) -> "Doctor | None":
        return getattr(self, "doctor", None)

    @property
    def patient_or_none(self) -> "Patient | None":
        return getattr(self, "patient", None)

    @property
    def roles(self) -> list[str]:
        """All of admin, doctor, patient that apply, in that order; a laboratory is nothing else."""
        if self.is_laboratory:
            return ["laboratory"]
        held = {
            "admin": self.is_administrator,
            "doctor": self.doctor_or_none,
            "patient": self.patient_or_none,
        }
        return [role for role, has in held.items() if has]

    @property
    def role(self) -> str:
        """The first of the roles, or an empty text for somebody who has none yet."""
        return next(iter(self.roles), "")

    # Django's admin asks these two; one switch answers both.
    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_administrator


class Doctor(models.Model):
    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True)
    specialization = models.CharField(max_length=100, validators=[no_control_characters])
    license_number = models.CharField(max_length=50, unique=True, validators=[no_control_characters])
    can_prescribe = models.BooleanField(default=True)
    can_overbook = models.BooleanField(default=False, help_text="May book two visits at one time, with a reason.")

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["user__last_name", "user__first_name", "user_id"]

    def __str__(self) -> str:
        return f"{self.full_display_name}, {self.specialization}"

    def clean(self) -> None:
        super().clean()
        _refuse_laboratory(self)

    @property
    def display_name(self) -> str:
        """As the wire says it: "Dr. Smith"."""
        return f"Dr. {self.user.last_name}"

    @property
    def full_display_name(self) -> str:
        return f"Dr. {self.user.full_name}"


class Patient(models.Model):
    class Sex(models.TextChoices):
        FEMALE = "female"
        MALE = "male"
        OTHER = "other"
        UNKNOWN = "unknown"

    class BloodType(models.TextChoices):
        A_POSITIVE = "A+", "A+"
        A_NEGATIVE = "A-", "A-"
        B_POSITIVE = "B+", "B+"
        B_NEGATIVE = "B-", "B-"
        AB_POSITIVE = "AB+", "AB+"
        AB_NEGATIVE = "AB-", "AB-"
        O_POSITIVE = "O+", "O+"
        O_NEGATIVE = "O-", "O-"
        UNKNOWN = "", "Unknown"

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True)
    record_number = models.PositiveIntegerField(
        unique=True,
        editable=False,
        db_default=Func(Value(RECORD_NUMBER_SEQUENCE), function="nextval"),
        help_text="Given once by the database; people say it aloud to be sure they mean the same patient.",
    )
    date_of_birth = models.DateField(validators=[sane_date])
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    blood_type = models.CharField(max_length=3, choices=BloodType, blank=True, default=BloodType.UNKNOWN)
    phone = models.CharField(
        max_length=30,
        blank=True,
        validators=[RegexValidator(r"^[0-9+()\-. /]*\Z", "Give digits, spaces and + ( ) - only.")],
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["user__last_name", "user__first_name", "user_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sex__in=["female", "male", "other", "unknown"]), name="patient_sex_in_set"
            ),
            models.CheckConstraint(
                condition=Q(blood_type__in=["", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]),
                name="patient_blood_type_in_set",
            ),
            models.CheckConstraint(condition=Q(date_of_birth__gte=date(1900, 1, 1)), name="patient_born_since_1900"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, born {self.date_of_birth:%-d %b %Y}"

    @property
    def full_name(self) -> str:
        return self.user.full_name

    @property
    def display_id(self) -> str:
        """ "40-0001": how the record number is written and said."""
        number = self.record_number
        return f"{number // 10000}-{number % 10000:04d}"

    @property
    def age(self) -> int:
        """Whole years, today in the clinic."""
        today, born = timezone.localdate(), self.date_of_birth
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    def clean(self) -> None:
        super().clean()
        _refuse_laboratory(self)
        if self.date_of_birth and self.date_of_birth > timezone.localdate():
            raise ValidationError({"date_of_birth": "A date of birth cannot lie in the future."})


def _refuse_laboratory(role: Doctor | Patient) -> None:
    if role.user_id and role.user.is_laboratory:
        raise ValidationError("This is a laboratory's account, which has no other role. Choose another person.")
