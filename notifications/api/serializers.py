from typing import Any

from rest_framework import serializers

from accounts.fields import no_control_characters
from notifications.alerts import MAX_NOTE
from notifications.announce import MAX_MESSAGE, SEVERITIES


class SystemAlertSerializer(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=SEVERITIES)
    message = serializers.CharField(max_length=MAX_MESSAGE, validators=[no_control_characters])


class AckSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=MAX_NOTE, required=False, default="", allow_blank=True, validators=[no_control_characters]
    )
