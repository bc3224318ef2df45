"""Forms of the catalogue's administration. What is allowed is the models' to say; these only read and show."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from labs.ages import NoAge, age_text, days_of
from labs.models import Analyte, AnalyteName, AnalyteUnit, CodedValue, LimitBand
from labs.spellings import folded, unit_key

IN_ORDER = (
    "sex", "age_from_days", "age_until_days", "low_operator", "low", "no_low", "high_operator", "high", "no_high",
    "critical_low_operator", "critical_low", "critical_high_operator", "critical_high", "source",
)  # fmt: skip


class AgeField(forms.Field):
    """Written as people say it, kept in days."""

    def to_python(self, value: Any) -> int | None:
        if not value:
            return None
        try:
            return days_of(value)
        except NoAge:
            raise ValidationError("Write an age like 7 days, 6 months or 18 years.") from None

    def prepare_value(self, value: Any) -> Any:
        return age_text(value) if isinstance(value, int) else value


class LimitForm(forms.ModelForm[LimitBand]):
    age_from_days = AgeField(label="From age", help_text="Like 7 days, 6 months, 18 years.")
    age_until_days = AgeField(label="Until age", required=False, help_text="No longer for this age; empty: no end.")
    effective_from = forms.DateTimeField(
        label="In force from",
        required=False,
        help_text="Empty: from now on.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        validators=LimitBand._meta.get_field("effective_from").validators,
    )

    class Meta:
        model = LimitBand
        fields = ["analyte", *IN_ORDER, "effective_from"]
        widgets = {"source": forms.TextInput(attrs={"size": 80})}
        labels = {
            "low_operator": "Low when it is",
            "high_operator": "High when it is",
            "critical_low_operator": "Critical low when it is",
            "critical_high_operator": "Critical high when it is",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {**(kwargs.get("initial") or {}), "effective_from": None}})
        _show_without_noughts(self)

    def clean_effective_from(self) -> Any:
        return self.cleaned_data["effective_from"] or timezone.now()


class RevisionForm(LimitForm):
    """Filled with the limits as they are; what it says goes to `revise()`, and the band itself stays untouched."""

    class Meta(LimitForm.Meta):
        fields = [*IN_ORDER, "effective_from"]

    def clean_effective_from(self) -> Any:
        return self.cleaned_data["effective_from"]

    def _post_clean(self) -> None:
        """Nothing is written into the band, and it need not give way to itself: the verb looks at the new one."""


class OnceFormSet(BaseInlineFormSet[Any, Analyte, Any]):
    """Refuses two lines that would be the same once they are kept."""

    named: str

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for text in self.texts():
            if self.key(text) in seen:
                raise ValidationError(f"{text} is here twice.")
            seen.add(self.key(text))

    def key(self, text: str) -> str:
        return folded(text)

    def texts(self, forms_: list[Any] | None = None) -> Iterator[str]:
        """What stays, of lines that can be read."""
        for form in self.forms if forms_ is None else forms_:
            said = getattr(form, "cleaned_data", {})
            if said.get(self.named) and not said.get("DELETE"):
                yield said[self.named]


class NameFormSet(OnceFormSet):
    """The analyte keeps a name of its own among its names, by itself."""

    named = "name"

    def clean(self) -> None:
        super().clean()
        own = folded(self.instance.name)
        if own in map(folded, self.texts(self.extra_forms)):
            raise ValidationError(f"It is found as {self.instance.name} by itself: leave that name out.")
        had = any(folded(form.initial.get("name", "")) == own for form in self.initial_forms)
        if had and own not in map(folded, self.texts()):
            raise ValidationError(f"{self.instance.name} is its own name and stays: give it another name first.")


class UnitFormSet(OnceFormSet):
    named = "spelling"

    def key(self, text: str) -> str:
        return unit_key(text)


class AnswerFormSet(OnceFormSet):
    named = "text"


class NameForm(forms.ModelForm[AnalyteName]):
    class Meta:
        model = AnalyteName
        fields = ["name"]


class UnitForm(forms.ModelForm[AnalyteUnit]):
    """The factors are exact, and shown without the noughts that say nothing."""

    class Meta:
        model = AnalyteUnit
        fields = ["spelling", "times", "divided_by", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show_without_noughts(self)


class AnswerForm(forms.ModelForm[CodedValue]):
    class Meta:
        model = CodedValue
        fields = ["text", "flag", "source"]


def _show_without_noughts(form: forms.BaseForm) -> None:
    for name, value in form.initial.items():
        if isinstance(value, Decimal):
            whole = value.to_integral_value()
            form.initial[name] = whole if whole == value else value.normalize()
