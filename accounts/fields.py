"""Validators that every model, form and serializer shares."""

import re
import uuid
from datetime import date, datetime

from django.core.exceptions import ValidationError

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
IDENTIFIER = re.compile(r"[\x21-\x7e]{1,200}\Z")
SAYS_NOTHING = "Write it in words: this has no letter or digit."
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def no_control_characters(value: str) -> None:
    """Raises ValidationError for NUL, other control characters and halves of surrogate pairs.

    Tabs and line breaks are text.
    """
    if UNSTORABLE.search(value):
        raise ValidationError("Remove the control characters: they cannot be stored.", code="control_characters")


def without_control_characters(value: str) -> str:
    """For what is only looked at on the way: a blank stands for each of what `no_control_characters` refuses."""
    return UNSTORABLE.sub(" ", value)


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it: marks, blanks and what cannot be seen say nothing."""
    return any(letter.isalnum() for letter in text)


def in_words(value: str) -> None:
    """Raises ValidationError for a text that says nothing where somebody must say something."""
    if not says_something(value):
        raise ValidationError(SAYS_NOTHING, code="says_nothing")


def refuse_silence(**said: str) -> None:
    """Raises ValidationError under the name of the first that says nothing."""
    for field, text in said.items():
        if not says_something(text):
            raise ValidationError({field: SAYS_NOTHING}, code="says_nothing")


def senders_identifier(value: str) -> None:
    """Raises ValidationError for what cannot be an identifier that a program gave: a message's, a request's."""
    if not IDENTIFIER.match(value):
        raise ValidationError("Give 1 to 200 printable characters without spaces.", code="no_identifier")


def sane_date(value: date | datetime) -> None:
    """Raises ValidationError for a date no clinic can mean, before time-zone arithmetic overflows on it."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValidationError(f"Give a date between {EARLIEST_YEAR} and {LATEST_YEAR}.", code="date_out_of_range")


def parse_uuid(value: object) -> uuid.UUID | None:
    """The UUID written in `value`, or None where it is none."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
