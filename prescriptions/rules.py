"""What must not meet, or not twice, or not in whom. models.py makes them known to Django."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.fields import no_control_characters, refuse_silence, sane_date
from prescriptions.drugs import DrugClass, Ingredient
from prescriptions.rule_sets import OfRuleSet


class Severity(models.TextChoices):
    """Worst first."""

    CONTRAINDICATED = "contraindicated", "Contraindicated"
    MAJOR = "major", "Major"
    MODERATE = "moderate", "Moderate"
    MINOR = "minor", "Minor"


WITH_ITSELF = "An ingredient does not meet itself, so this rule would never speak: twice the same is a duplicate."
POSTPONED = (
    "A rule in force cannot be postponed: until {day} nothing of it would be found. Leave its day as it is; what is to "
    "hold later is a rule of its own, with another code."
)
WORST_FIRST = {severity: place for place, severity in enumerate(Severity.values)}


def postponed(before: date | str, after: date | str, today: date) -> str:
    """What is wrong with moving the day of a rule from one to the other, or an empty text."""
    return POSTPONED.format(day=after) if str(before) <= today.isoformat() < str(after) else ""


def _member(model: type[models.Model], **options: Any) -> Any:
    return models.ForeignKey(model, on_delete=models.PROTECT, null=True, blank=True, related_name="+", **options)


class _Rule(OfRuleSet):
    code = models.CharField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", "Small letters, digits and hyphens.")],
        help_text="What alerts and reports call the rule, for ever.",
    )
    severity = models.CharField(max_length=20, choices=Severity)
    description = models.CharField(max_length=500, validators=[no_control_characters], help_text="For a prescriber.")
    source = models.CharField(max_length=300, validators=[no_control_characters], help_text="A citation.")
    effective_from = models.DateField(default=timezone.localdate, validators=[sane_date])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        super().clean()
        refuse_silence(description=self.description, source=self.source)
        before = type(self)._default_manager.filter(pk=self.pk).values_list("effective_from", flat=True).first()
        wrong = before and self.effective_from and postponed(before, self.effective_from, timezone.localdate())
        if wrong:
            raise ValidationError({"effective_from": wrong})


def _rule_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(severity__in=Severity.values), name=f"{name}_severity_in_set"),
        models.CheckConstraint(
            condition=~Q(code="") & ~Q(source="") & ~Q(description=""), name=f"{name}_says_what_and_who_says_so"
        ),
    ]


def _refuse_unclear_sides(rule: models.Model, *sides: str) -> None:
    """Raises ValidationError for a side that is both a class and an ingredient, or neither."""
    for side in sides:
        given = [getattr(rule, f"{side}_{kind}_id") for kind in ("class", "ingredient")]
        if given.count(None) != 1:
            raise ValidationError(f"Name a class or an ingredient as the {side}, one of the two.")


def _exactly_one(one: str, other: str) -> Q:
    return Q(**{f"{one}__isnull": True, f"{other}__isnull": False}) | Q(
        **{f"{one}__isnull": False, f"{other}__isnull": True}
    )


class InteractionRule(_Rule):
    """Between any ingredient of one side and another of the other side; each side is a class or an ingredient."""

    first_class = _member(DrugClass)
    first_ingredient = _member(Ingredient)
    second_class = _member(DrugClass)
    second_ingredient = _member(Ingredient)

    class Meta:
        ordering = ["code"]
        constraints = [
            *_rule_constraints("interaction_rule"),
            models.CheckConstraint(
                condition=_exactly_one("first_class", "first_ingredient"), name="interaction_rule_first_is_one_thing"
            ),
            models.CheckConstraint(
                condition=_exactly_one("second_class", "second_ingredient"), name="interaction_rule_second_is_one_thing"
            ),
        ]

    def clean(self) -> None:
        super().clean()
        _refuse_unclear_sides(self, "first", "second")
        if self.first_ingredient_id is not None and self.first_ingredient_id == self.second_ingredient_id:
            raise ValidationError(WITH_ITSELF)


class DuplicateRule(_Rule):
    """Two of this class at once; without a class, the same ingredient twice."""

    drug_class = _member(DrugClass, help_text="Empty: the same ingredient twice.")

    class Meta:
        ordering = ["code"]
        constraints = [
            *_rule_constraints("duplicate_rule"),
            models.UniqueConstraint(
                fields=["drug_class"], nulls_distinct=False, name="duplicate_rule_once_for_each_class"
            ),
        ]


class AllergyRule(_Rule):
    """An allergy to the allergen speaks against the target; without both, against the very substance or its class."""

    allergen_class = _member(DrugClass)
    allergen_ingredient = _member(Ingredient)
    target_class = _member(DrugClass)
    target_ingredient = _member(Ingredient)
    after_severe = models.CharField(
        max_length=20, choices=Severity, blank=True, help_text="Instead, where the recorded reaction was severe."
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            *_rule_constraints("allergy_rule"),
            models.CheckConstraint(
                condition=Q(after_severe__in=["", *Severity.values]), name="allergy_rule_after_severe_in_set"
            ),
            models.CheckConstraint(
                condition=Q(allergen_class=None, allergen_ingredient=None, target_class=None, target_ingredient=None)
                | (
                    _exactly_one("allergen_class", "allergen_ingredient")
                    & _exactly_one("target_class", "target_ingredient")
                ),
                name="allergy_rule_has_two_sides_or_none",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        sides = (self.allergen_class_id, self.allergen_ingredient_id, self.target_class_id, self.target_ingredient_id)
        if any(sides):
            _refuse_unclear_sides(self, "allergen", "target")
