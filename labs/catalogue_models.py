"""What the laboratory measures: names, units, coded answers, panels. models.py makes it known to Django.

The limits that values are judged by stand in limit_bands.py.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.fields import no_control_characters
from labs.loinc import loinc_code
from labs.spellings import folded, unit_key


class Category(models.TextChoices):
    CHEMISTRY = "chemistry", "Chemistry"
    HAEMATOLOGY = "haematology", "Haematology"
    COAGULATION = "coagulation", "Coagulation"
    ENDOCRINE = "endocrine", "Endocrine"
    CARDIAC = "cardiac", "Cardiac"
    BLOOD_GAS = "blood_gas", "Blood gas"
    THERAPEUTIC_DRUG = "therapeutic_drug", "Therapeutic drug"
    MICROBIOLOGY = "microbiology", "Microbiology"


class Analyte(models.Model):
    """One thing that is measured, in one unit."""

    class Kind(models.TextChoices):
        NUMERIC = "numeric", "A number"
        CODED = "coded", "A coded answer"

    name = models.CharField(max_length=100, unique=True, validators=[no_control_characters])
    loinc = models.CharField(
        "LOINC code",
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        validators=[loinc_code],
    )
    unit = models.CharField(
        "UCUM unit",
        max_length=40,
        blank=True,
        validators=[no_control_characters],
        help_text="Empty for what has none, like INR.",
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NUMERIC)
    category = models.CharField(max_length=20, choices=Category)
    source = models.CharField(max_length=200, validators=[no_control_characters])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="analyte_has_a_name"),
            models.CheckConstraint(condition=~Q(loinc=""), name="analyte_loinc_null_or_a_code"),
            models.CheckConstraint(condition=Q(kind__in=["numeric", "coded"]), name="analyte_kind_in_set"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="analyte_category_in_set"),
            models.CheckConstraint(
                condition=Q(kind="numeric") | Q(unit=""),
                name="analyte_coded_has_no_unit",
                violation_error_message="A coded answer has no unit.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What results name it by, across all spellings: its LOINC code, or one of our own."""
        return self.loinc or f"local-{self.pk}"

    def clean(self) -> None:
        super().clean()
        self.loinc = self.loinc or None
        taken = AnalyteName.objects.filter(folded=folded(self.name)).exclude(analyte_id=self.pk).first()
        if taken:
            raise ValidationError({"name": f"This is a name of {taken.analyte} already."})
        self._keep_the_meaning_of_numbers()

    def _keep_the_meaning_of_numbers(self) -> None:
        """Limits and factors are numbers in this unit: another one would turn 70 mg/dL into 70 mmol/L."""
        kept = Analyte.objects.filter(pk=self.pk).first()
        if kept is None or (kept.unit, kept.kind) == (self.unit, self.kind):
            return
        if kept.bands.exists() or kept.units.exists() or kept.coded_values.exists():
            name = "unit" if kept.unit != self.unit else "kind"
            raise ValidationError({name: "Limits, units or answers were entered for it as it is: it stays."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Its name finds it, and so does every name it had: results are sent under old names too."""
        super().save(*args, **kwargs)
        AnalyteName.objects.get_or_create(folded=folded(self.name), analyte=self, defaults={"name": self.name})


class AnalyteName(models.Model):
    """A name that results are sent under: Haemoglobin, Hgb, Hb. It leads to one analyte only."""

    analyte = models.ForeignKey(Analyte, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=100, validators=[no_control_characters])
    folded = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(folded=""), name="analyte_name_is_not_empty")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        taken = AnalyteName.objects.filter(folded=folded(self.name)).exclude(pk=self.pk).first()
        if taken:
            raise ValidationError({"name": f"This is a name of {taken.analyte} already."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = folded(self.name)
        super().save(*args, **kwargs)


class AnalyteUnit(models.Model):
    """A spelling that is accepted for an analyte's unit, and how its values become the catalogue's.

    value in the catalogue's unit = value x times / divided_by, exactly.
    """

    analyte = models.ForeignKey(Analyte, on_delete=models.CASCADE, related_name="units")
    spelling = models.CharField(max_length=40, validators=[no_control_characters])
    times = models.DecimalField(max_digits=20, decimal_places=10, default=Decimal(1))
    divided_by = models.DecimalField(max_digits=20, decimal_places=10, default=Decimal(1))
    source = models.CharField(max_length=200, validators=[no_control_characters])

    class Meta:
        ordering = ["spelling"]
        constraints = [
            models.UniqueConstraint(fields=["analyte", "spelling"], name="analyte_unit_spelled_once"),
            models.CheckConstraint(
                condition=Q(times__gt=0, divided_by__gt=0),
                name="analyte_unit_factor_positive",
                violation_error_message="A factor is larger than 0.",
            ),
            models.CheckConstraint(condition=~Q(spelling=""), name="analyte_unit_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.spelling

    def clean(self) -> None:
        super().clean()
        self.spelling = unit_key(self.spelling)
        if self.analyte_id and self.spelling == unit_key(self.analyte.unit) and self.times != self.divided_by:
            raise ValidationError({"spelling": "This is the catalogue's own unit: its values stay as they are."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.spelling = unit_key(self.spelling)
        super().save(*args, **kwargs)


class CodedValue(models.Model):
    """What an answer in words means: "No growth" is normal, "Positive" is critical."""

    class Flag(models.TextChoices):
        NORMAL = "N", "Normal"
        ABNORMAL = "A", "Abnormal"
        CRITICAL = "AA", "Critical"

    analyte = models.ForeignKey(Analyte, on_delete=models.CASCADE, related_name="coded_values")
    text = models.CharField(max_length=100, validators=[no_control_characters])
    folded = models.CharField(max_length=200, editable=False)
    flag = models.CharField(max_length=2, choices=Flag)
    source = models.CharField(max_length=200, validators=[no_control_characters])

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(fields=["analyte", "folded"], name="coded_value_means_one_thing"),
            models.CheckConstraint(condition=Q(flag__in=["N", "A", "AA"]), name="coded_value_flag_in_set"),
            models.CheckConstraint(condition=~Q(folded=""), name="coded_value_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        super().clean()
        same = CodedValue.objects.filter(analyte_id=self.analyte_id, folded=folded(self.text)).exclude(pk=self.pk)
        if self.analyte_id and same.exists():
            raise ValidationError({"text": "This answer has a meaning already."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = folded(self.text)
        super().save(*args, **kwargs)


class Panel(models.Model):
    """Analytes that are measured together, in the order in which they are read."""

    name = models.CharField(max_length=100, unique=True, validators=[no_control_characters])
    loinc = models.CharField("LOINC code", max_length=10, blank=True, validators=[loinc_code])
    source = models.CharField(max_length=200, validators=[no_control_characters])
    analytes = models.ManyToManyField(Analyte, through="labs.PanelItem", related_name="panels")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PanelItem(models.Model):
    """Two at one position stand in the order in which they came: so two can change places, one after the other."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="items")
    analyte = models.ForeignKey(Analyte, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["panel", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["panel", "analyte"], name="panel_has_an_analyte_once")]
