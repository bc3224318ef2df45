from typing import Any, cast

from django import forms

from accounts.fields import no_control_characters
from labs.checks import MAX_REASON
from labs.entries import typed
from labs.forms import ValueFormSet, ValueRows
from labs.models import LabResult


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=MAX_REASON,
        validators=[no_control_characters],
        help_text="It stays on record, and everyone who saw the result can read it.",
    )


class FinaliseForm(forms.Form):
    critical = forms.BooleanField(label="Critical: the ordering doctor must answer for it at once", required=False)
    result_data = forms.CharField(required=False, widget=forms.HiddenInput, label="Values")


class CorrectForm(CancelForm, FinaliseForm):
    field_order = ["reason", "critical"]


def rows_of(result: LabResult, data: Any = None) -> ValueFormSet:
    """The value lines of a form, filled with those of the result."""
    lines = [{"name": entry["name"], **typed(entry)} for entry in result.entries]
    return cast(ValueFormSet, ValueRows(data, initial=lines))
