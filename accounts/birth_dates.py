"""Birth dates as people write them, in what they search for."""

import re
from datetime import date

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
BY_NAME = re.compile(r"\b([0-9]{1,2})\.?\s+([a-z]{3,9})\.?\s+([0-9]{4})\b", re.IGNORECASE)
BY_NUMBER = re.compile(r"\b([0-9]{1,2})\.\s*([0-9]{1,2})\.\s*([0-9]{4})\b")


def as_iso(words: str) -> str:
    """ "Al 14 Aug 1988" and "Al 14.8.1988" as "Al 1988-08-14". With slashes day and month are anybody's guess."""
    words = BY_NAME.sub(lambda found: _iso(found, _month(found[2])), words)
    return BY_NUMBER.sub(lambda found: _iso(found, int(found[2])), words)


def _month(name: str) -> int:
    """0 for what is no month."""
    start = name[:3].lower()
    return MONTHS.index(start) + 1 if start in MONTHS else 0


def _iso(found: re.Match[str], month: int) -> str:
    """As it was, where the calendar has no such day."""
    try:
        return date(int(found[3]), month, int(found[1])).isoformat()
    except ValueError:
        return found[0]
