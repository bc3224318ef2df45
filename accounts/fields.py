"""Validators that every model, form and serializer shares."""

import re
import uuid
from datetime import date, datetime

from django.core.exceptions import ValidationError

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def no_control_characters(value: str) -> None:
    """Raises ValidationError for NUL and other control characters; tabs and line breaks are text."""
    if CONTROL.search(value):
        raise ValidationError("Remove the control characters: they cannot be stored.", code="control_characters")


def sane_date(value: date | datetime) -> None:
    """Raises ValidationError for a date no clinic can mean, before time-zone arithmetic overflows on it."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValidationError(
            f"Give a date between {EARLIEST_YEAR} and {LATEST_YEAR}.", code="date_out_of_range"
        )


def parse_uuid(value: object) -> uuid.UUID | None:
    """The UUID written in `value`, or None where it is none."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
