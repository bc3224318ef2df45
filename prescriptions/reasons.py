"""A word beside a step: checked in one way, whatever it is for."""

from django.core.exceptions import ValidationError

from accounts.fields import no_control_characters, says_something

MAX_REASON = 500


def checked_reason(text: str, *, needed: bool, field: str = "reason") -> str:
    """Raises ValidationError for one that says nothing, is too long, or holds what cannot be stored."""
    text = text.strip()
    if needed and not says_something(text):
        raise ValidationError({field: "Say why."})
    if len(text) > MAX_REASON:
        raise ValidationError({field: f"Give at most {MAX_REASON} characters."})
    try:
        no_control_characters(text)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    return text
