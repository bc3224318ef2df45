from collections.abc import Mapping
from typing import Any

from django import forms

from appointments.reminder_choice import NO_WAY
from appointments.reminder_preferences import LEADS, ReminderPreferences, Role, Way


class RemindersForm(forms.Form):
    """The times and the ways of one role; a person with two roles has two of them."""

    lead_minutes = forms.TypedMultipleChoiceField(
        label="Remind me",
        choices=LEADS.items(),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick none, and nothing is sent.",
    )
    ways = forms.MultipleChoiceField(
        label="How?", choices=Way, widget=forms.CheckboxSelectMultiple, error_messages={"required": NO_WAY}
    )
    invitations = forms.BooleanField(
        label="Send me my appointments for my calendar",
        required=False,
        help_text="An e-mail when one is confirmed, moved or cancelled. Your calendar can read it.",
    )

    def __init__(self, preferences: ReminderPreferences, data: Mapping[str, Any] | None = None) -> None:
        self.role = Role(preferences.role)
        super().__init__(
            data,
            prefix=self.role.value,
            initial={
                "lead_minutes": preferences.lead_minutes,
                "ways": preferences.ways,
                "invitations": preferences.invitations,
            },
        )
