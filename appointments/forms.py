from typing import Any, Self

from django import forms
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, Patient, User
from appointments.models import MAX_TEXT
from appointments.statuses import Status

TIME_FORMAT = "%Y-%m-%dT%H:%M"


class LocalTime(forms.DateTimeField):
    """A date and a time by the clinic's clock, in the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TIME_FORMAT)
        super().__init__(widget=widget, validators=[sane_date], **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (OverflowError, ValueError):  # the ends of the calendar overflow in time-zone arithmetic
            raise forms.ValidationError("Give a date and a time, for example 2 March 2027, 10:00.") from None


class RequestForm(forms.Form):
    """The same for everyone; who may choose what is decided by `for_user`."""

    patient = forms.ModelChoiceField(Patient.objects.none())
    doctor = forms.ModelChoiceField(Doctor.objects.none(), empty_label="Choose a doctor")
    requested_time = LocalTime(label="When would suit you?")
    reason = forms.CharField(
        label="What is it about?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_control_characters],
        help_text="A few words are enough. Your doctor reads them before you meet.",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["requested_time"].help_text = f"By the clinic's clock ({timezone.get_current_timezone_name()})."
        seen = Patient.objects.visible_to(user).select_related("user")
        self.fields["patient"].queryset = seen  # type: ignore[attr-defined]
        doctors = Doctor.objects.active().select_related("user")
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
        if user.doctor_or_none:
            self.fields["doctor"].initial = user.pk
        self._leave_out_what_goes_without_saying()

    def _leave_out_what_goes_without_saying(self) -> None:
        """A doctor asks for themselves to be met, a patient to meet; who is both, or manages both, says which."""
        roles = set(self.user.roles)
        if roles == {"doctor"}:
            del self.fields["doctor"]
        elif roles == {"patient"}:
            del self.fields["patient"]

    def people(self) -> tuple[Patient, Doctor]:
        """Whom the appointment is for and with."""
        data = self.cleaned_data
        patient = data.get("patient") or self.user.patient_or_none
        return patient, data.get("doctor") or self.user.doctor_or_none  # type: ignore[return-value]


class SeenForm(forms.Form):
    """Carries the status that was on the page, so that somebody else's step in between is noticed."""

    seen = forms.TypedChoiceField(
        choices=Status, coerce=Status, empty_value=None, required=False, widget=forms.HiddenInput
    )

    def refreshed(self, status: str) -> Self:
        """With all that was typed, for another try by somebody who has now seen `status`."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): status}  # type: ignore[attr-defined]
        return self


class ConfirmForm(SeenForm):
    scheduled_time = LocalTime(label="Time of the appointment")


class CompleteForm(SeenForm):
    notes = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_control_characters],
        help_text="The patient can read them.",
    )


class CancelForm(SeenForm):
    reason = forms.CharField(
        label="Why? (you may leave this out)",
        required=False,
        max_length=MAX_TEXT,
        validators=[no_control_characters],
    )
