"""The answer to an alert that stops a prescription, as a form of its own for each alert."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from prescriptions.checks import Alert, Check
from prescriptions.follow_ups import USUALLY
from prescriptions.overriding import MAX_NOTE, Override, OverrideReason, problems_of, stops


class OverrideForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why it is right all the same",
        choices=OverrideReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason."},
    )
    monitor_until = forms.DateField(
        label="Look again on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="If you will monitor: it comes back to your worklist on that day.",
    )
    note = forms.CharField(
        max_length=MAX_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="It stays on record."
    )

    def __init__(self, alert: Alert, data: Mapping[str, Any] | None = None) -> None:
        day = timezone.localdate() + USUALLY
        super().__init__(data, prefix=alert.id, initial={"monitor_until": day})
        self.alert = alert
        self.fields["note"].required = alert.severity == "contraindicated"
        self.fields["note"].error_messages["required"] = "It is contraindicated: write a note beside the reason."
        self.fields["monitor_until"].widget.attrs["min"] = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"

    @property
    def name(self) -> str:
        """Which alert it answers, where errors are summed up."""
        return f"{self.alert.severity.capitalize()}, {' with '.join(dict.fromkeys(self.alert.medications))}:"

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            for field, problem in problems_of(self.override(), self.alert):
                self.add_error(field, problem[0].upper() + problem[1:])
        return self.cleaned_data

    def override(self) -> Override:
        """The day is there for those who monitor; the others have not been asked for one."""
        said = self.cleaned_data
        monitors = said["reason"] == OverrideReason.WILL_MONITOR
        return Override(self.alert.id, said["reason"], said["note"], said.get("monitor_until") if monitors else None)


def override_forms(check: Check, data: Mapping[str, Any], answered: Iterable[str] = ()) -> list[OverrideForm]:
    """One for each alert that stops; those whose alert is among the `answered` are filled with the data."""
    shown = set(answered)
    return [OverrideForm(alert, data if alert.id in shown else None) for alert in check.alerts if stops(alert)]
