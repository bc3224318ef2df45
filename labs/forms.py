from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, User
from accounts.patient_field import FIND, AboutPatient, PatientField
from labs.checks import MAX_REASON, SAY_WHAT_WAS_DONE
from labs.models import MAX_NOTES, LabOrder
from labs.values import LONGEST_NAME, LONGEST_UNIT, LONGEST_VALUE

ROWS = 8


class ResultForm(AboutPatient, forms.Form):
    patient = PatientField()
    doctor = forms.ModelChoiceField(
        Doctor.objects.none(), label="Ordering doctor", empty_label="Choose a doctor", help_text="They are told."
    )
    test_type = forms.CharField(
        label="Test",
        max_length=100,
        validators=[no_control_characters],
        help_text="For example CBC, BMP, TSH.",
        widget=forms.TextInput(attrs={"list": "tests"}),
    )
    critical = forms.BooleanField(label="Critical: the ordering doctor must answer for it at once", required=False)
    preliminary = forms.BooleanField(label="Preliminary: it may still change until it is made final", required=False)
    result_data = forms.CharField(required=False, widget=forms.HiddenInput, label="Values")
    order = forms.ModelChoiceField(LabOrder.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        doctors = Doctor.objects.active().select_related("user")
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
        self.fields["doctor"].initial = user.doctor_or_none
        orders = LabOrder.objects.visible_to(user)
        self.fields["order"].queryset = orders  # type: ignore[attr-defined]


class ValueForm(forms.Form):
    """One line of a result; an empty one is no value."""

    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    value = forms.CharField(max_length=LONGEST_VALUE, required=False)
    unit = forms.CharField(max_length=LONGEST_UNIT, required=False)
    low = forms.CharField(label="Range from", max_length=20, required=False)
    high = forms.CharField(label="to", max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(data.values()) and not (data.get("name") and data.get("value")):
            raise forms.ValidationError("A line needs a name and a value.")
        return data


class ValueFormSet(forms.BaseFormSet[ValueForm]):
    def full_clean(self) -> None:
        """While the patient is still looked for, what is not filled yet is no mistake."""
        super().full_clean()
        if FIND in self.data:
            for form in self.forms:
                form._errors = ErrorDict()  # type: ignore[attr-defined]
            self._errors = [form.errors for form in self.forms]
            self._non_form_errors = ErrorList()

    def clean(self) -> None:
        if any(self.errors):
            return
        names = [form.cleaned_data["name"] for form in self.forms if form.cleaned_data.get("name")]
        if not names:
            raise forms.ValidationError("Give at least one value.")
        if len(set(names)) < len(names):
            raise forms.ValidationError("Two lines have the same name.")

    def values(self) -> dict[str, dict[str, str | None]]:
        """The lines in the form that a result is recorded in."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return {
            line["name"]: {part: line[part] or None for part in ("value", "unit", "low", "high")} for line in filled
        }


ValueRows = forms.formset_factory(ValueForm, formset=ValueFormSet, extra=ROWS, max_num=50)


class ReviewForm(forms.Form):
    notes = forms.CharField(
        label="What it means and what you do",
        required=False,
        max_length=MAX_NOTES,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_control_characters],
        help_text="The patient can read it.",
    )
    monitor_until = forms.DateField(
        label="Will monitor: look again on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[sane_date],
        help_text="It comes back to your worklist on that day.",
    )
    monitor_note = forms.CharField(
        label="What to look for then",
        required=False,
        max_length=MAX_REASON,
        validators=[no_control_characters],
        help_text="For you alone.",
    )

    def __init__(self, *args: Any, critical: bool = False, **kwargs: Any) -> None:
        """The field does not say that notes may be left out where the verb would refuse that."""
        super().__init__(*args, **kwargs)
        self.fields["notes"].required = critical
        self.fields["notes"].error_messages["required"] = SAY_WHAT_WAS_DONE
