from typing import Any

from django import forms

from accounts.fields import no_control_characters
from accounts.models import Patient, User
from labs.checks import MAX_REASON
from labs.models import LabOrder


class OrderForm(forms.Form):
    patient = forms.ModelChoiceField(Patient.objects.none(), empty_label="Choose a patient")
    test_type = forms.CharField(
        label="Test",
        max_length=100,
        validators=[no_control_characters],
        help_text="For example CBC, BMP, TSH.",
        widget=forms.TextInput(attrs={"list": "tests"}),
    )
    priority = forms.ChoiceField(choices=LabOrder.Priority, initial=LabOrder.Priority.ROUTINE, widget=forms.RadioSelect)
    reason = forms.CharField(
        max_length=MAX_REASON,
        validators=[no_control_characters],
        help_text="The laboratory and the patient can read it.",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Patient.objects.visible_to(user).select_related("user")
        self.fields["patient"].queryset = seen  # type: ignore[attr-defined]


class CancelOrderForm(forms.Form):
    reason = forms.CharField(label="Why?", max_length=MAX_REASON, validators=[no_control_characters])
