from datetime import datetime
from typing import Any, Self

from django import forms
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import Doctor, User
from appointments.booking_forms import WhoForm, read_start, reason_field
from appointments.models import MAX_TEXT, Appointment
from appointments.statuses import Status

TIME_FORMAT = "%Y-%m-%dT%H:%M"
LOOK_AGAIN = "This page cannot be read any more. Open it again."


class LocalTime(forms.DateTimeField):
    """A date and a time by the clinic's clock, in the browser's own picker."""

    shown: datetime | None = None
    """What the page had in it. It says which of the two is meant, in the hour that the clock shows twice."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TIME_FORMAT)
        super().__init__(widget=widget, validators=[sane_date], **kwargs)

    def to_python(self, value: Any) -> Any:
        if self.shown and value == timezone.localtime(self.shown).strftime(TIME_FORMAT):
            return self.shown
        try:
            return super().to_python(value)
        except (OverflowError, ValueError):  # the ends of the calendar overflow in time-zone arithmetic
            raise forms.ValidationError("Give a date and a time, for example 2 March 2027, 10:00.") from None


class RequestForm(WhoForm):
    """A wish for a time that nobody has published."""

    requested_time = LocalTime(label="When would suit you?")
    reason = reason_field()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["requested_time"].help_text = f"By the clinic's clock ({timezone.get_current_timezone_name()})."


class SeenForm(forms.Form):
    """Carries the status that was on the page, so that somebody else's step in between is noticed."""

    seen = forms.TypedChoiceField(
        choices=Status, coerce=Status, empty_value=None, required=False, widget=forms.HiddenInput
    )

    def refreshed(self, status: str) -> Self:
        """With all that was typed, for another try by somebody who has now seen `status`."""
        return self._with(seen=status)

    def _with(self, **seen: str) -> Self:
        now = {self.add_prefix(name): value for name, value in seen.items()}
        self.data = {**self.data.dict(), **now}  # type: ignore[attr-defined]
        return self


class SeenTime(forms.DateTimeField):
    """The moment that was on the page, to the microsecond."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, validators=[sane_date])

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (OverflowError, ValueError):
            raise forms.ValidationError(LOOK_AGAIN) from None


class TimedForm(SeenForm):
    """That two visits are to be at one time is offered only to who may, and only once the time is taken."""

    overbook = forms.CharField(
        label="Beside the other visit, because",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.HiddenInput,
        validators=[no_control_characters],
        help_text="Left empty, it stays as it is: then choose another time above.",
    )

    def offer_overbooking(self) -> None:
        self.fields["overbook"].widget = forms.TextInput()


class ConfirmForm(TimedForm):
    scheduled_time = LocalTime(label="Time of the appointment")
    field_order = ["seen", "scheduled_time", "overbook"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if moment := self.initial.get("scheduled_time"):
            self.fields["scheduled_time"].shown = moment  # type: ignore[attr-defined]


def what_is_seen(appointment: Appointment) -> dict[str, str]:
    """As the page of a move carries it."""
    return {
        "seen": appointment.status,
        "seen_time": appointment.time.isoformat(),
        "seen_doctor": str(appointment.doctor_id),
    }


class MoveForm(TimedForm):
    """To the slot that was chosen (`start`), or to any time (`time`) for whom that is open; `doctor`, if another."""

    seen_time = SeenTime()
    seen_doctor = forms.UUIDField(required=False, widget=forms.HiddenInput)
    start = forms.CharField(required=False, widget=forms.HiddenInput)
    doctor = forms.ModelChoiceField(
        Doctor.objects.active(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "Choose a doctor who works here."},
    )
    time = LocalTime(label="Move it to")
    reason = forms.CharField(
        label="Why? (you may leave this out)",
        required=False,
        max_length=MAX_TEXT,
        validators=[no_control_characters],
    )
    field_order = ["seen", "seen_time", "seen_doctor", "start", "doctor", "time", "reason", "overbook"]

    def seeing(self, appointment: Appointment) -> Self:
        """With all that was typed, for another try by somebody who has now seen the appointment as it is."""
        return self._with(**what_is_seen(appointment))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = read_start(data.pop("start", "")) or data.get("time")
        if wanted is None and "time" not in self.errors:
            self.add_error(None, "Choose one of the times.")
        return {**data, "time": wanted}


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
