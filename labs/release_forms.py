from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings

from accounts.fields import no_control_characters, sane_date
from labs.checks import MAX_REASON
from labs.hold_bases import GROUNDS, Basis, Ground
from labs.release_categories import KINDS, Kind


class HoldForm(forms.Form):
    basis = forms.ChoiceField(label="On which ground of the law?", choices=Basis, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why, for this patient?",
        max_length=MAX_REASON,
        validators=[no_control_characters],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays on record. Auditors and the patient's doctors read it, the patient does not.",
    )
    ends_at = forms.DateTimeField(
        label="Until when?",
        validators=[sane_date],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = settings.RESULT_HOLD_MAX_DAYS
        self.fields["ends_at"].help_text = f"At most {days} days ahead. The patient sees the result from then on."

    def grounds(self) -> Iterator[tuple[Any, Ground]]:
        """Each choice with what it means and where it is written."""
        for choice in self["basis"]:
            yield choice, GROUNDS[str(choice.data["value"])]


class LiftForm(forms.Form):
    reason = forms.CharField(
        label="Why now?",
        max_length=MAX_REASON,
        validators=[no_control_characters],
        help_text="It stays on record. The patient sees the result at once.",
    )


class ChoicesForm(forms.Form):
    """A box for each category: ticked is after the doctor's comment."""

    after_comment = forms.MultipleChoiceField(
        choices=[(kind.category, kind.name) for kind in KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="After my doctor has commented",
    )

    def kinds(self) -> Iterator[tuple[Any, Kind]]:
        yield from zip(self["after_comment"], KINDS, strict=True)
