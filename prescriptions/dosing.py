"""What "500 mg" and "every 8 hours" say, as numbers. What is not understood as a whole stays text: nothing is guessed.

Knows nothing of a database. "od" and "qd" are left out on purpose: they are misread as each other's neighbours, and as
an eye. So are ranges (1-2 tablets), schemes (1-0-1), a comma or dot that may be of thousands or of decimals (1.000 mg),
and a slash that may stand between two strengths (30/500 mg): a fraction is of a thing that one can break.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_UNITS = {
    "mg": ("mg", "milligram", "milligrams"),
    "micrograms": ("mcg", "ug", "µg", "μg", "microgram", "micrograms"),
    "g": ("g", "gram", "grams", "gramme", "grammes"),
    "mL": ("ml", "millilitre", "millilitres", "milliliter", "milliliters"),
    "mmol": ("mmol",),
    "units": ("unit", "units", "iu", "international units"),
    "tablets": ("tablet", "tablets", "tab", "tabs", "pill", "pills"),
    "capsules": ("capsule", "capsules", "cap", "caps"),
    "puffs": ("puff", "puffs", "inhalation", "inhalations"),
    "drops": ("drop", "drops"),
    "sprays": ("spray", "sprays"),
    "sachets": ("sachet", "sachets"),
    "patches": ("patch", "patches"),
    "suppositories": ("suppository", "suppositories"),
    "lozenges": ("lozenge", "lozenges"),
    "ampoules": ("ampoule", "ampoules"),
}
BREAKABLE = {"tablets", "capsules", "sachets", "patches", "suppositories", "lozenges", "ampoules"}
UNITS = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}
SINGULAR = {unit: spellings[0] for unit, spellings in _UNITS.items() if unit not in ("mg", "g", "mL", "mmol")}
SINGULAR["micrograms"] = "microgram"
HALVES = {"½": "1/2", "¼": "1/4", "¾": "3/4", "half a": "1/2", "half": "1/2"}
WORDS = {
    "a": 1, "an": 1, "one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8,
    "ten": 10, "twelve": 12,
}  # fmt: skip
LATIN = {"bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
TIMES_OF_DAY = {
    "morning": 1, "evening": 1, "night": 1, "bedtime": 1, "morning and evening": 2, "morning and night": 2,
    "morning, noon and evening": 3, "morning, noon and night": 3,
}  # fmt: skip
_NUMBER = r"(?![1-9]\d*\.\d{3}(?!\d))\d{1,6}(?:\.\d{1,4})?|[1-3]/[2-4]"
AMOUNT = re.compile(rf"(?P<number>{_NUMBER}|[½¼¾]|half a|half|[a-z]+) ?(?P<unit>[a-zµμ][a-zµμ ]*)", re.ASCII)
_TIMES = r"(?:(?P<times>once|twice|(?:\d{1,2}|[a-z]+) (?:times|x)|\d{1,2}x)(?: ?(?:a|per|each|every|/))? )"
RHYTHMS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{_TIMES}?(?P<day>daily|day|every day|each day)",
        rf"{_TIMES}?(?P<week>weekly|week|every week|each week)",
        r"every (?P<hours>\d{1,3}|[a-z]+) ?(?:hours|hrs|h)|q ?(?P<q>\d{1,2}) ?h",
        r"every (?P<days>\d{1,2}|other|second|two|three) days?",
        r"(?P<latin>bid|bd|tid|tds|qid|qds)",
        r"(?:at|every|each|in the) (?P<time>[a-z, ]+)",
    )
]
AS_NEEDED = re.compile(r"(?:,? ?\b(?:as|when|if) (?:needed|required|necessary)|,? ?\bprn)\b", re.ASCII)
TAIL = re.compile(
    r",? (?:with|after|before) (?:food|meals|a meal|breakfast|water|milk)$|,? by mouth$|,? orally$"
    r"|(?<=daily),? (?:in the morning|in the evening|at night|at bedtime)$"
)


@dataclass(frozen=True)
class Amount:
    """Exact; `unit` is one of those above."""

    value: Fraction
    unit: str

    def __str__(self) -> str:
        unit = SINGULAR.get(self.unit, self.unit) if self.value <= 1 else self.unit
        return f"{written(self.value)} {unit}"


@dataclass(frozen=True)
class Rhythm:
    """So many `times` in so many days; None where it is taken as needed and nobody says how often at most."""

    times: int | None
    days: int = 1
    as_needed: bool = False


@dataclass(frozen=True)
class Dose:
    """`daily` is None where `why_not` says why; with `at_most` it is the most in a day and not what is taken."""

    amount: Amount | None
    rhythm: Rhythm | None
    daily: Amount | None
    at_most: bool
    why_not: str

    def __str__(self) -> str:
        if self.daily is None:
            return self.why_not
        return f"{'up to ' if self.at_most else ''}{self.daily} a day"


def read_dose(dosage: str, frequency: str) -> Dose:
    amount, rhythm = read_amount(dosage), read_rhythm(frequency)
    as_needed = bool(rhythm and rhythm.as_needed)
    if amount and rhythm and rhythm.times and rhythm.days == 1:
        return Dose(amount, rhythm, Amount(amount.value * rhythm.times, amount.unit), as_needed, "")
    return Dose(amount, rhythm, None, as_needed, _why_not(amount, rhythm))


def _why_not(amount: Amount | None, rhythm: Rhythm | None) -> str:
    unread = [name for name, read in (("dose", amount), ("frequency", rhythm)) if read is None]
    if unread:
        return f"Not computed: the {' and the '.join(unread)} cannot be read as a number."
    if rhythm and rhythm.times is None:
        return "Not computed: it is taken as needed."
    return "Not computed: it is not taken every day."


def read_amount(text: str) -> Amount | None:
    """ "500 mg", "1 tablet", "half a tablet", "2.5mL". None for anything that says more than that, or less."""
    found = AMOUNT.fullmatch(_plain(text))
    unit = UNITS.get(found["unit"].strip()) if found else None
    value = _number(found["number"]) if found else None
    if found and "/" in found["number"] and not (unit in BREAKABLE and value and value < 1):
        return None
    return Amount(value, unit) if unit and value else None


def read_rhythm(text: str) -> Rhythm | None:
    """ "twice daily", "every 8 hours", "bid", "once a week", "up to 4 times a day as needed"."""
    plain, needed = AS_NEEDED.subn("", _plain(text))
    while (shorter := TAIL.sub("", plain).strip(" ,")) != plain:
        plain = shorter
    if needed:
        plain = re.sub(r"^(?:up to|at most|maximum|max) ", "", plain)
        if not plain:
            return Rhythm(None, as_needed=True)
    for pattern in RHYTHMS:
        found = pattern.fullmatch(plain)
        rhythm = _rhythm(found.groupdict()) if found else None
        if rhythm:
            return Rhythm(rhythm.times, rhythm.days, bool(needed))
    return None


def _rhythm(found: dict[str, str | None]) -> Rhythm | None:
    said = {name: text for name, text in found.items() if text}
    if "latin" in said:
        return Rhythm(LATIN[said["latin"]])
    if "time" in said:
        times = TIMES_OF_DAY.get(said["time"].strip())
        return Rhythm(times) if times else None
    if "days" in said:
        days = {"other": 2, "second": 2}.get(said["days"]) or _whole(said["days"])
        return Rhythm(1, days) if days else None
    if "hours" in said or "q" in said:
        return _every(_whole(said.get("hours") or said["q"]))
    times = _whole(re.sub(r" ?(?:times|x)$", "", said["times"])) if "times" in said else 1
    return Rhythm(times, 7 if "week" in said else 1) if times else None


def _every(hours: int | None) -> Rhythm | None:
    """What does not divide a day differs from day to day."""
    if hours and 24 % hours == 0:
        return Rhythm(24 // hours)
    return Rhythm(1, hours // 24) if hours and hours % 24 == 0 else None


def _number(text: str) -> Fraction | None:
    text = HALVES.get(text, text)
    if text[0].isdecimal():
        bottom = text.partition("/")[2]
        return Fraction(text) if not bottom or int(bottom) else None
    return Fraction(WORDS[text]) if text in WORDS else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else WORDS.get(text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(" .").split())


def written(value: Fraction) -> str:
    """ "1500", "0.5", "2.5"; a fraction that has no short decimal as "1/3"."""
    for places in range(5):
        if (value * 10**places).denominator == 1:
            return f"{float(value):.{places}f}"
    return str(value)
