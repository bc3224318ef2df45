from typing import Any

from django import forms
from django.urls import reverse_lazy

from accounts.models import Patient, User
from prescriptions.models import Prescription


class IssueForm(forms.ModelForm[Prescription]):
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

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        patients = Patient.objects.visible_to(user).select_related("user")
        self.fields["patient"].queryset = patients  # type: ignore[attr-defined]
        self.fields["patient"].empty_label = "Choose a patient"  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The verb checks the model; here only the shape is read."""
