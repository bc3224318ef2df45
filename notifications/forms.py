from typing import Any

from django import forms

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor
from notifications.alerts import MAX_NOTE
from notifications.announce import MAX_MESSAGE, SEVERITIES
from notifications.models import CallLogEntry, Cover


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label="Read back the value",
        max_length=MAX_NOTE,
        required=False,
        validators=[no_control_characters],
        help_text="Type the value as you read it.",
    )


class CallForm(forms.Form):
    outcome = forms.ChoiceField(label="How did the call go?", choices=CallLogEntry.Outcome, widget=forms.RadioSelect)
    note = forms.CharField(
        label="What was said",
        max_length=MAX_NOTE,
        required=False,
        validators=[no_control_characters],
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CoverForm(forms.ModelForm[Cover]):
    """A doctor names who answers for them, from when to when, by the clinic's clock."""

    class Meta:
        model = Cover
        fields = ["covering", "begins", "ends"]

    def __init__(self, doctor: Doctor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "instance": Cover(doctor=doctor)})
        others = Doctor.objects.active().exclude(pk=doctor.pk).select_related("user")
        self.fields["covering"].queryset = others  # type: ignore[attr-defined]
        for name in ("begins", "ends"):
            widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            label = self.fields[name].label
            self.fields[name] = forms.DateTimeField(label=label, widget=widget, validators=[sane_date])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("begins") and data.get("ends") and data["ends"] <= data["begins"]:
            self.add_error("ends", "The cover must end after it begins.")
        return data


class AnnouncementForm(forms.Form):
    severity = forms.ChoiceField(choices=[(name, name.capitalize()) for name in SEVERITIES])
    message = forms.CharField(max_length=MAX_MESSAGE, widget=forms.Textarea, validators=[no_control_characters])
