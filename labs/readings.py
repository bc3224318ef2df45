"""What a sent value says: a number, or all numbers on one side of one. Pure: no catalogue, no database."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NUMBER = re.compile(
    r"(?P<sign>[<>]=?|≤|≥)?\s*(?P<number>[+-]?\d{1,15}(\.\d{1,10})?)(?P<rest>.*)\Z", re.ASCII | re.DOTALL
)
EXPONENT = re.compile(r"[<>=≤≥\s]*[+-]?\d[\d.,]*e[+-]?\d", re.IGNORECASE | re.ASCII)
UNIT = re.compile(r"[%/\[{\u00d7]|10[*^E³⁶⁹¹]")
"""How a unit begins that begins with no letter. Digits alone are none: "5 1" is more likely a slip of 5.1."""
SIGNS = {"≤": "<=", "≥": ">="}
FAR = float("inf")
NO_NUMBER = "The value is not a plain number."
Point = tuple[Fraction | float, int]
"""A number and on which side of it: -1 just below, 0 on it, 1 just above."""


@dataclass(frozen=True)
class Reading:
    """`unit` is what was written behind the number, or an empty text. `sign` is an empty text for a plain number."""

    number: Decimal
    sign: str
    unit: str

    def span(self, factor: Fraction = Fraction(1)) -> tuple[Point, Point]:
        """The two ends of what it can be, in the unit that the factor leads to."""
        at = Fraction(self.number) * factor
        if self.sign.startswith("<"):
            return (-FAR, 0), (at, 0 if self.sign == "<=" else -1)
        if self.sign.startswith(">"):
            return (at, 0 if self.sign == ">=" else 1), (FAR, 0)
        return (at, 0), (at, 0)


def read(text: str, *, decimal_comma: bool = False) -> Reading | str:
    """The number in `text`, or a sentence that says why there is none."""
    text = text.strip()
    if not text:
        return "There is no value."
    if EXPONENT.match(text):
        return "The number is written with an exponent."
    if decimal_comma:
        if "." in text:
            return "There is a point in the number, and its sender writes a comma."
        text = text.replace(",", ".", 1)
    found = NUMBER.match(text)
    if found is None:
        return NO_NUMBER
    rest, unit, sign = found["rest"], found["rest"].strip(), found["sign"] or ""
    if rest.startswith(","):
        return "There is a comma in the number: it can be a decimal sign or not."
    if unit and (rest[0].isdigit() or not (unit[0].isalpha() or UNIT.match(unit))):
        return NO_NUMBER
    return Reading(Decimal(found["number"]), SIGNS.get(sign, sign), unit)


def plain(text: str | None, *, decimal_comma: bool = False) -> Fraction | None:
    """A bare number without a sign or a unit, as bounds are; None for anything else."""
    reading = read(text or "", decimal_comma=decimal_comma)
    return Fraction(reading.number) if isinstance(reading, Reading) and not (reading.sign or reading.unit) else None


def with_point(text: str | None) -> str | None:
    """What a sender with a decimal comma wrote, with a point where that leaves a number; else as it is."""
    found = None if text is None else text.replace(",", ".", 1)
    return found if found and isinstance(read(text or "", decimal_comma=True), Reading) else text
