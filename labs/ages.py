"""Ages as people say them. They are kept in days, because the limits of a newborn change by the day."""

import re

WRITTEN = re.compile(
    r"(?P<number>\d{1,5})\s*(?P<unit>d|days?|w|weeks?|m|months?|y|years?)?\Z", re.IGNORECASE | re.ASCII
)
FOUR_YEARS = 1461
OLDEST = 150 * FOUR_YEARS // 4


class NoAge(ValueError):
    """The text says no age that a person can have."""


def days_of(text: str) -> int:
    """ "7 days", "2 weeks", "6 months", "18 years"; a bare number is days. Raises NoAge for anything else."""
    found = WRITTEN.match(text.strip())
    if found is None:
        raise NoAge(text)
    number, unit = int(found["number"]), (found["unit"] or "d")[0].lower()
    days = {"d": number, "w": 7 * number, "m": number * FOUR_YEARS // 48, "y": number * FOUR_YEARS // 4}[unit]
    if days > OLDEST:
        raise NoAge(text)
    return days


def age_text(days: int) -> str:
    """In years where they come out even, else in days; `days_of` reads it back."""
    years = -(-days * 4 // FOUR_YEARS)
    if years and years * FOUR_YEARS // 4 == days:
        return f"{years} year{'s' if years > 1 else ''}"
    return f"{days} day{'' if days == 1 else 's'}"


def span_text(age_from: int, age_until: int | None) -> str:
    """ "all ages", "under 7 days", "18 years and older", "1 year to under 12 years"."""
    if age_until is None:
        return f"{age_text(age_from)} and older" if age_from else "all ages"
    return f"{age_text(age_from)} to under {age_text(age_until)}" if age_from else f"under {age_text(age_until)}"
