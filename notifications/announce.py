"""An administrator's word to everyone."""

from typing import get_args

from django.core.exceptions import ValidationError

from accounts.fields import no_control_characters
from notifications.channels import SYSTEM_ALERTS
from notifications.dispatch import notify
from notifications.events import Severity, SystemAlert
from notifications.models import Notification

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
MAX_MESSAGE = 1000


def announce(message: str, severity: Severity = "info") -> Notification:
    """Tell everyone. Raises ValidationError for an empty, oversized or unprintable message, or another severity."""
    message = message.strip()
    if severity not in SEVERITIES:
        raise ValidationError({"severity": f"Choose one of {', '.join(SEVERITIES)}."})
    if not 0 < len(message) <= MAX_MESSAGE:
        raise ValidationError({"message": f"Write 1 to {MAX_MESSAGE} characters."})
    try:
        no_control_characters(message)
    except ValidationError as error:
        raise ValidationError({"message": error.messages}) from None
    (sent,) = notify([(SYSTEM_ALERTS, SystemAlert(severity=severity, message=message))], link="/notifications/")
    return sent
