"""The limits of one analyte for patients of one sex and age, in one version. models.py makes them known to Django."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from labs.catalogue_models import Analyte
from labs.limit_rules import BAND_RULES, HighOperator, LowOperator

APPROVAL = {"approved_by", "approved_at"}
MAY_CHANGE = APPROVAL | {"effective_until"}
LIMITS = (
    "sex", "age_from_days", "age_until_days", "low", "low_operator", "no_low", "high", "high_operator", "no_high",
    "critical_low", "critical_low_operator", "critical_high", "critical_high_operator", "source",
)  # fmt: skip


class LimitBandQuerySet(QuerySet[Any]):
    """`update()` and `bulk_create()` leave the rules of versions to the caller: use the verbs."""

    def in_force(self, at: datetime) -> Self:
        return self.filter(Q(effective_until=None) | Q(effective_until__gt=at), effective_from__lte=at)

    def overlapping(self, band: "LimitBand") -> Self:
        """Others that would judge one of the same patients at one of the same moments."""
        found = self.filter(analyte_id=band.analyte_id).exclude(pk=band.pk)
        if band.sex != LimitBand.Sex.ANY:
            found = found.filter(sex__in=[band.sex, LimitBand.Sex.ANY])
        found = found.filter(Q(age_until_days=None) | Q(age_until_days__gt=band.age_from_days))
        if band.age_until_days is not None:
            found = found.filter(age_from_days__lt=band.age_until_days)
        ended = Q(effective_until=None) | Q(effective_until__gt=band.effective_from)
        found = found.filter(ended).exclude(effective_until=F("effective_from"))
        return found.filter(effective_from__lt=band.effective_until) if band.effective_until else found


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
    effective_from = models.DateTimeField(default=timezone.now)
    effective_until = models.DateTimeField(null=True, blank=True, editable=False)
    source = models.CharField(max_length=200)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LimitBandQuerySet.as_manager()

    class Meta:
        ordering = ["analyte", "sex", "age_from_days", "-version"]
        constraints = [
            *(models.CheckConstraint(condition=rule, name=name) for name, rule in BAND_RULES.items()),
            models.UniqueConstraint(
                fields=["analyte", "sex", "age_from_days", "version"], name="limit_band_version_once"
            ),
        ]
        indexes = [models.Index(fields=["analyte", "effective_from"], name="limit_band_of_analyte")]

    def __str__(self) -> str:
        until = "" if self.age_until_days is None else self.age_until_days
        return f"{self.analyte}, {self.sex}, {self.age_from_days}-{until} days, version {self.version}"

    def clean(self) -> None:
        """Locks the analyte where there is a transaction: of two at once, the second sees the first."""
        super().clean()
        if not self.analyte_id:
            return
        if connection.in_atomic_block:
            Analyte.objects.select_for_update().get(pk=self.analyte_id)
        other = LimitBand.objects.overlapping(self).first()
        if other:
            raise ValidationError(f"These limits overlap with: {other}. Revise that one, or choose another sex or age.")

    @transaction.atomic
    def revise(self, *, effective_from: datetime | None = None, **changes: Any) -> "LimitBand":
        """The next version, from now or from `effective_from`; not approved yet. `changes` are fields of LIMITS.

        Raises IllegalStep where a newer version has taken its place, ValidationError for limits that cannot be.
        """
        Analyte.objects.select_for_update().get(pk=self.analyte_id)
        if LimitBand.objects.get(pk=self.pk).effective_until is not None:
            raise IllegalStep("A newer version has taken the place of these limits. Revise that one.")
        begins = effective_from or timezone.now()
        kept = {name: getattr(self, name) for name in LIMITS}
        newest = LimitBand.objects.filter(analyte_id=self.analyte_id).aggregate(newest=models.Max("version"))["newest"]
        newer = LimitBand(analyte_id=self.analyte_id, version=newest + 1, effective_from=begins, **{**kept, **changes})
        self.effective_until = max(begins, self.effective_from)
        self.save(update_fields=["effective_until"])
        newer.full_clean()
        newer.save(force_insert=True)
        return newer

    @transaction.atomic
    def approve(self, *, by: User) -> None:
        """Raises NotAllowed for who is no administrator, IllegalStep for a second time."""
        if not by.is_administrator:
            raise NotAllowed("Limits are approved by an administrator, on the laboratory director's word.")
        self.approved_at = LimitBand.objects.select_for_update(no_key=True).get(pk=self.pk).approved_at
        if self.approved_at:
            raise IllegalStep("These limits are approved already.")
        self.approved_by, self.approved_at = by, timezone.now()
        self.save(update_fields=sorted(APPROVAL))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not set(kwargs.get("update_fields") or ["all"]) <= MAY_CHANGE:
            raise TypeError("Limits are not changed once they are in the catalogue: revise() them.")
        super().save(*args, **kwargs)
