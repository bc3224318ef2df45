"""On which days an earlier time would suit, and what a first visit is about."""

from typing import Any

from django import forms

from appointments.booking_forms import WhoForm, reason_field

DAY = {"type": "date"}


class DaysForm(forms.Form):
    """Both may be left out: then any day suits."""

    from_day = forms.DateField(label="Not before", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    until_day = forms.DateField(label="Not after", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class FirstVisitForm(WhoForm, DaysForm):
    """To wait for a visit that one has not got yet."""

    reason = reason_field()
    field_order = ["patient", "doctor", "kind", "reason", "from_day", "until_day"]

    def what_for(self) -> dict[str, Any]:
        choice, data = self.choice(), self.cleaned_data
        return {
            "patient": choice.patient,
            "doctor": choice.doctor,
            "kind": choice.kind,
            **{name: data[name] for name in ("reason", "from_day", "until_day")},
        }
