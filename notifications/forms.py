from django import forms

from accounts.fields import no_control_characters
from notifications.alerts import MAX_NOTE
from notifications.announce import MAX_MESSAGE, SEVERITIES


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label="Read back the value",
        max_length=MAX_NOTE,
        required=False,
        validators=[no_control_characters],
        help_text="Type the value as you read it.",
    )


class AnnouncementForm(forms.Form):
    severity = forms.ChoiceField(choices=[(name, name.capitalize()) for name in SEVERITIES])
    message = forms.CharField(max_length=MAX_MESSAGE, widget=forms.Textarea, validators=[no_control_characters])
