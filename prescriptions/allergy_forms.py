from typing import Any

from django import forms

from accounts.fields import in_words, no_control_characters
from prescriptions.allergies import MAX_TEXT
from prescriptions.loading import rule_book
from prescriptions.models import Allergy
from prescriptions.rule_book import RuleBook


class RecordAllergyForm(forms.Form):
    """What the rule set does not know is kept only after it was said that no check will ever warn about it."""

    substance = forms.CharField(
        max_length=MAX_TEXT,
        validators=[no_control_characters],
        help_text="A drug, or a family such as Penicillins. Choose one that is offered, so that checks know it.",
        widget=forms.TextInput(attrs={"list": "substances", "autocomplete": "off", "spellcheck": "false"}),
    )
    reaction = forms.CharField(
        label="What happened?", required=False, max_length=MAX_TEXT, validators=[no_control_characters]
    )
    severity = forms.ChoiceField(label="How bad was it?", choices=Allergy.Severity.choices, initial="unknown")
    as_written = forms.BooleanField(
        label="Keep it as written: no check can warn about it", required=False, widget=forms.CheckboxInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_unknown = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        substance, book = cleaned.get("substance", ""), rule_book()
        if substance and not (book and book.code_of(substance)):
            self.is_unknown = True
            if not cleaned.pop("as_written", False):
                self.add_error("substance", _why_not(book, substance))
        cleaned.pop("as_written", None)
        return cleaned

    def shown_fields(self) -> list[forms.BoundField]:
        """The box to tick appears where it matters."""
        return [bound for bound in self.visible_fields() if bound.name != "as_written" or self.is_unknown]


def _why_not(book: RuleBook | None, substance: str) -> str:
    parts = book.parts_of(substance) if book else []
    if parts:
        return (
            f"{substance} contains {', '.join(parts[:-1])} and {parts[-1]}. "
            "Record the one that it was, or each on its own where that is not known. "
            "Checks warn about substances and families only."
        )
    close = book.close_to_substance(substance) if book else []
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"The rule set does not know this substance.{meant} If it is right, tick the box below."


class EndAllergyForm(forms.Form):
    reason = forms.CharField(label="Why?", max_length=500, validators=[no_control_characters, in_words])
