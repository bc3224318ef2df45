from uuid import uuid4

from django import forms
from django.urls import reverse_lazy

from accounts.patient_field import FIND, AboutPatient, PatientField
from prescriptions.models import Prescription


class IssueForm(AboutPatient, forms.ModelForm[Prescription]):
    """Two buttons more only show it again: `check` what is filled, and `back` from where an alert stopped it."""

    only_showing = frozenset({FIND, "check", "back"})
    patient = PatientField()
    once = forms.CharField(required=False, max_length=64, initial=uuid4, widget=forms.HiddenInput)

    class Meta:
        model = Prescription
        fields = [
            "patient",
            "medication",
            "dosage",
            "frequency",
            "duration_days",
            "refills_remaining",
            "notes",
        ]
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 3}),
            "medication": forms.TextInput(
                attrs={"data-suggests": reverse_lazy("prescriptions:drug_names"), "autocomplete": "off"}
            ),
        }
        help_texts = {
            "medication": "As the pharmacy knows it, with its form: Amoxicillin 500 mg capsule.",
            "dosage": "What is taken at once: 1 capsule.",
            "frequency": "How often: three times a day.",
            "duration_days": "How long one supply lasts.",
            "refills_remaining": "How often the patient may get it again.",
            "notes": "The patient can read them.",
        }

    def _post_clean(self) -> None:
        """The verb checks the model; here only the shape is read."""
