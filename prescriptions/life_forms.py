"""What a step, a question and an answer carry. Each is one form on the page of the prescription."""

from typing import Any, Self, TypeVar

from django import forms

from accounts.fields import in_words, no_control_characters
from prescriptions.models import LONGEST_DAYS, MAX_NOTES, MOST_REFILLS
from prescriptions.reasons import MAX_REASON
from prescriptions.statuses import Status


def _reason(label: str, *, required: bool, hint: str = "") -> forms.CharField:
    validators = [no_control_characters, in_words] if required else [no_control_characters]
    return forms.CharField(label=label, required=required, max_length=MAX_REASON, help_text=hint, validators=validators)


Tried = TypeVar("Tried", bound=forms.Form)


def _with(form: Tried, **hidden: Any) -> Tried:
    form.data = {**form.data.dict(), **{form.add_prefix(name): value for name, value in hidden.items()}}  # type: ignore[attr-defined]
    return form


def _open_request(prescription: Any) -> Any:
    """Of one that was loaded `with_life()`."""
    return prescription.waiting[0].pk if prescription.waiting else None


class SeenForm(forms.Form):
    """Carries the state that was on the page, so that somebody else's step in between is noticed."""

    seen = forms.TypedChoiceField(
        choices=Status, coerce=Status, empty_value=None, required=False, widget=forms.HiddenInput
    )

    def refreshed(self, prescription: Any) -> Self:
        """With all that was typed, for another try by somebody who has now seen the prescription as it is."""
        return _with(self, seen=prescription.state)


class WhyForm(SeenForm):
    reason = _reason("Why?", required=True, hint="The patient can read it.")


class MaybeWhyForm(SeenForm):
    reason = _reason("A word about it", required=False, hint="The patient can read it.")


class AskForm(forms.Form):
    note = _reason("Anything the doctor should know?", required=False)


class AnswerForm(forms.Form):
    """Carries which question was on the page: another one that came meanwhile is not answered unread."""

    asked = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def refreshed(self, prescription: Any) -> Self:
        return _with(self, asked=_open_request(prescription) or "")


class GrantForm(AnswerForm):
    reason = _reason("A word about it", required=False, hint="The patient can read it.")


class RefuseForm(AnswerForm):
    reason = _reason("Why not?", required=True, hint="The patient can read it: say what they should do.")


class RenewForm(SeenForm):
    duration_days = forms.IntegerField(label="Duration in days", min_value=1, max_value=LONGEST_DAYS)
    refills_remaining = forms.IntegerField(label="Refills", min_value=0, max_value=MOST_REFILLS)
    notes = forms.CharField(
        required=False,
        max_length=MAX_NOTES,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[no_control_characters],
        help_text="The patient can read them.",
    )

    @staticmethod
    def as_before(prescription: Any) -> dict[str, Any]:
        return {
            "seen": prescription.state,
            "asked": _open_request(prescription),
            "duration_days": prescription.duration_days,
            "refills_remaining": prescription.refills_at_first,
            "notes": prescription.notes,
        }
