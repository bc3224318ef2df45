"""What every verb here asks of a text it is given."""

from django.core.exceptions import ValidationError

from accounts.fields import no_control_characters

MAX_REASON = 500
SAY_WHAT_WAS_DONE = "This result is critical: say what you did about it."


def checked_reason(reason: str, *, field: str = "reason", most: int = MAX_REASON) -> str:
    """The reason without the blanks around it.

    Raises ValidationError under `field` for one that is missing, too long or cannot be stored.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({field: "Say why: it stays on record."})
    if len(reason) > most:
        raise ValidationError({field: f"The reason may have {most} characters at most."})
    try:
        no_control_characters(reason)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    return reason
