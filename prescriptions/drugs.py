"""What is prescribed: drugs, their ingredients, and the classes of those. models.py makes them known to Django."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.fields import no_control_characters, refuse_silence
from prescriptions.drug_words import NO_NAME, names_no_drug
from prescriptions.rule_sets import OfRuleSet
from prescriptions.spellings import folded


def _name(**options: Any) -> models.CharField:
    return models.CharField(max_length=100, validators=[no_control_characters], **options)


def refuse_no_name(name: str) -> None:
    """Raises ValidationError for what stands beside the names of drugs: with such a name, words would be drugs."""
    if names_no_drug(name):
        raise ValidationError({"name": NO_NAME[0].upper() + NO_NAME[1:]})


class _Found(OfRuleSet):
    """Found by its name, and by every other that leads to it; a name that it had goes on leading to it."""

    name = _name(unique=True)

    class Meta:
        abstract = True

    @classmethod
    def spellings(cls) -> "type[_Spelled]":
        raise NotImplementedError

    def clean(self) -> None:
        super().clean()
        taken = self.spellings()._default_manager.filter(folded=folded(self.name)).first()
        if not folded(self.name):
            raise ValidationError({"name": "This has no letter or digit."})
        if taken and taken.leads_to != self:
            raise ValidationError({"name": f"This is a name of {taken.leads_to} already."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.names.get_or_create(folded=folded(self.name), defaults={"name": self.name})  # type: ignore[attr-defined]


class DrugClass(_Found):
    """Ingredients that rules speak of together."""

    source = models.CharField(max_length=300, validators=[no_control_characters], help_text="Who names its members.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "drug classes"
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(source=""), name="drug_class_says_its_source")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        refuse_silence(source=self.source)

    @classmethod
    def spellings(cls) -> "type[_Spelled]":
        return ClassName


class Ingredient(OfRuleSet):
    """An active substance, without its salt, under its international name. A drug of the same name comes with it."""

    name = _name(unique=True)
    classes = models.ManyToManyField(DrugClass, blank=True, related_name="ingredients")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="ingredient_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        refuse_no_name(self.name)
        taken = DrugName.objects.filter(folded=folded(self.name)).select_related("drug").first()
        if self._state.adding and taken:
            raise ValidationError({"name": f"This is a name of {taken.drug} already."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        new = self._state.adding
        super().save(*args, **kwargs)
        if new:
            drug = Drug(name=self.name)
            drug.save()
            drug.ingredients.add(self)


class Drug(_Found):
    """What a prescription can name: one ingredient, or several that come as one product."""

    ingredients = models.ManyToManyField(Ingredient, related_name="drugs")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="drug_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_no_name(self.name)
        super().clean()

    @classmethod
    def spellings(cls) -> "type[_Spelled]":
        return DrugName


class _Spelled(OfRuleSet):
    """A name that leads to one thing only."""

    name = _name()
    folded = models.CharField(max_length=300, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        taken = type(self)._default_manager.filter(folded=folded(self.name)).exclude(pk=self.pk).first()
        if taken:
            raise ValidationError({"name": f"This is a name of {taken.leads_to} already."})

    @property
    def leads_to(self) -> models.Model:
        raise NotImplementedError

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = folded(self.name)
        super().save(*args, **kwargs)


class DrugName(_Spelled):
    """Paracetamol, acetaminophen, Tylenol: what a drug is written as, its own name among them."""

    class Kind(models.TextChoices):
        GENERIC = "generic", "Generic name (international, US)"
        BRAND = "brand", "Brand"

    drug = models.ForeignKey(Drug, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GENERIC)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="drug_name_is_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=["generic", "brand"]), name="drug_name_kind_in_set"),
        ]

    def clean(self) -> None:
        refuse_no_name(self.name)
        super().clean()

    @property
    def leads_to(self) -> Drug:
        return self.drug


class ClassName(_Spelled):
    """What an allergy to the class is written as: penicillin, sulfa."""

    drug_class = models.ForeignKey(DrugClass, on_delete=models.CASCADE, related_name="names")

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(folded=""), name="class_name_is_not_empty")]

    @property
    def leads_to(self) -> DrugClass:
        return self.drug_class
