from django import forms

from accounts.fields import no_control_characters
from accounts.patient_field import AboutPatient, PatientField
from labs.checks import MAX_REASON
from labs.models import LabOrder


class OrderForm(AboutPatient, forms.Form):
    patient = PatientField()
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


class CancelOrderForm(forms.Form):
    reason = forms.CharField(label="Why?", max_length=MAX_REASON, validators=[no_control_characters])
