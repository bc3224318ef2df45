from typing import Any, Self

from django import forms
from django.utils import timezone

from accounts.fields import no_control_characters, sane_date
from accounts.models import User
from appointments.booking_forms import WhoForm, reason_field
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
