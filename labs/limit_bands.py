"""The limits of one analyte for patients of one sex and age, in one version. models.py makes them known to Django."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from labs.ages import span_text
from labs.catalogue_models import Analyte
from labs.limit_querysets import LimitBandQuerySet, refuse_to_delete
from labs.limit_rules import BAND_RULES, HighOperator, LowOperator

APPROVAL = {"approved_by", "approved_at"}
AT_ONCE = timedelta(minutes=1)
LIMITS = (
    "sex", "age_from_days", "age_until_days", "low", "low_operator", "no_low", "high", "high_operator", "no_high",
    "critical_low", "critical_low_operator", "critical_high", "critical_high_operator", "source",
)  # fmt: skip


def _bound(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=15, decimal_places=6, null=True, blank=True)


def _operator(choices: type[models.TextChoices]) -> models.CharField:
    return models.CharField("when", max_length=2, choices=choices, default=choices.values[0])


class LimitBand(models.Model):
    """Never edited: `revise` puts the next version in its place, so what old results were judged by can be read."""

    class Sex(models.TextChoices):
        ANY = "any", "Any"
        FEMALE = "female", "Female"
        MALE = "male", "Male"

    analyte = models.ForeignKey(Analyte, on_delete=models.PROTECT, related_name="bands")
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.ANY)
    age_from_days = models.PositiveIntegerField("from age (days)", default=0, help_text="18 years are 6574 days.")
    age_until_days = models.PositiveIntegerField(
        "until age (days)", null=True, blank=True, help_text="The first day that it is no longer for; empty: no end."
    )
    low = _bound("low")
    low_operator = _operator(LowOperator)
    no_low = models.BooleanField("nothing is too low", default=False, help_text="By design, not because it is missing.")
    high = _bound("high")
    high_operator = _operator(HighOperator)
    no_high = models.BooleanField(
        "nothing is too high", default=False, help_text="By design, not because it is missing."
    )
    critical_low = _bound("critical low")
    critical_low_operator = _operator(LowOperator)
    critical_high = _bound("critical high")
    critical_high_operator = _operator(HighOperator)
    version = models.PositiveIntegerField(default=1, editable=False)
    effective_from = models.DateTimeField(default=timezone.now, validators=[sane_date])
    effective_until = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(max_length=200, validators=[no_control_characters])
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False
    )
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LimitBandQuerySet.as_manager()

    class Meta:
        ordering = ["analyte", "sex", "age_from_days", "-version"]
        constraints = [
            *(
                models.CheckConstraint(condition=rule, name=name, violation_error_message=sentence)
                for name, (rule, sentence) in BAND_RULES.items()
            ),
            models.UniqueConstraint(
                fields=["analyte", "sex", "age_from_days", "version"], name="limit_band_version_once"
            ),
        ]
        indexes = [models.Index(fields=["analyte", "effective_from"], name="limit_band_of_analyte")]

    def __str__(self) -> str:
        return f"{self.analyte}, {self.get_sex_display().lower()}, {self.ages}, version {self.version}"

    @property
    def ages(self) -> str:
        return span_text(self.age_from_days, self.age_until_days)

    @property
    def usual(self) -> str:
        """When a value is low and when it is high: "<3.5 or >5.1"."""
        ends = [
            _said(self.low, self.low_operator, by_design=self.no_low),
            _said(self.high, self.high_operator, by_design=self.no_high),
        ]
        return " or ".join(filter(None, ends))

    @property
    def critical(self) -> str:
        ends = [
            _said(self.critical_low, self.critical_low_operator),
            _said(self.critical_high, self.critical_high_operator),
        ]
        return " or ".join(filter(None, ends))

    @property
    def is_newest(self) -> bool:
        """No other version has taken its place, or is planned to."""
        return self.effective_until is None

    def clean(self) -> None:
        """Locks the analyte where there is a transaction: of two at once, the second sees the first."""
        super().clean()
        if self._state.adding and self.effective_from and self.effective_from < timezone.now() - AT_ONCE:
            raise ValidationError({"effective_from": "Results were judged since then: choose now or a later moment."})
        if not self.analyte_id or self.age_from_days is None:
            return
        if connection.in_atomic_block:
            Analyte.objects.select_for_update().get(pk=self.analyte_id)
        other = LimitBand.objects.overlapping(self).first()
        if other:
            raise ValidationError(f"These limits overlap with: {other}. Revise that one, or choose another sex or age.")

    @transaction.atomic
    def put_in_catalogue(self, *, by: User) -> "LimitBand":
        """Where every band begins: checked, with its number, and not approved yet.

        Raises NotAllowed for who is no administrator, ValidationError by field for limits that cannot be.
        """
        _refuse_unless_administrator(by)
        self.clean_fields()
        same = LimitBand.objects.filter(analyte=self.analyte_id, sex=self.sex, age_from_days=self.age_from_days)
        numbers = [*same.values_list("version", flat=True), self.replaces.version if self.replaces else 0]
        self.version, self.entered_by = 1 + max(numbers), by
        self.full_clean()
        self.save(force_insert=True)
        return self

    @transaction.atomic
    def revise(self, *, by: User, effective_from: datetime | None = None, **changes: Any) -> "LimitBand":
        """The next version, from now or from `effective_from`; not approved yet. `changes` are fields of LIMITS.

        Until then this one stays in force; one that is only planned itself is replaced from the day it was planned for.
        Raises IllegalStep where a newer version has taken its place, else as `put_in_catalogue` does.
        """
        _refuse_unless_administrator(by)
        Analyte.objects.select_for_update().get(pk=self.analyte_id)
        if not LimitBand.objects.get(pk=self.pk).is_newest:
            raise IllegalStep("A newer version has taken the place of these limits. Revise that one.")
        begins = effective_from or max(timezone.now(), self.effective_from)
        if begins < self.effective_from:
            raise ValidationError({"effective_from": "These limits are not in force before then: choose later."})
        kept = {name: getattr(self, name) for name in LIMITS}
        newer = LimitBand(analyte_id=self.analyte_id, replaces=self, effective_from=begins, **{**kept, **changes})
        LimitBand.objects.filter(pk=self.pk).update(effective_until=begins)
        newer.put_in_catalogue(by=by)
        self.effective_until = begins
        return newer

    @transaction.atomic
    def approve(self, *, by: User) -> None:
        """Raises NotAllowed for who is no administrator, IllegalStep for a second time, or too late."""
        _refuse_unless_administrator(by)
        now, kept = timezone.now(), LimitBand.objects.select_for_update(no_key=True).get(pk=self.pk)
        if kept.approved_at:
            raise IllegalStep("These limits are approved already.")
        if kept.effective_until and kept.effective_until <= now:
            raise IllegalStep("These limits are no longer in force. Approve the version that took their place.")
        self.approved_by, self.approved_at = by, now
        self.save(update_fields=sorted(APPROVAL))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not set(kwargs.get("update_fields") or ["all"]) <= APPROVAL:
            raise TypeError("Limits are not changed once they are in the catalogue: revise() them.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse_to_delete()


def _refuse_unless_administrator(user: User) -> None:
    if not user.is_administrator:
        raise NotAllowed("Limits are set and approved by administrators, on the laboratory director's word.")


def _said(at: Decimal | None, operator: str, *, by_design: bool = False) -> str:
    if at is None:
        return "none by design" if by_design else ""
    return f"{operator}{at.normalize():f}"
