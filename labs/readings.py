"""What a sent value says: a number, or all numbers on one side of one. Pure: no catalogue, no database."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NUMBER = re.compile(
    r"(?P<sign>[<>]=?|≤|≥)?\s*(?P<number>[+-]?\d{1,15}(\.\d{1,10})?)(?P<rest>.*)\Z", re.ASCII | re.DOTALL
)
EXPONENT = re.compile(r"[+-]?[\d.]+e[+-]?\d+\Z", re.IGNORECASE | re.ASCII)
SIGNS = {"≤": "<=", "≥": ">="}
FAR = float("inf")
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
    if decimal_comma:
        if "." in text:
            return "There is a point in the number, and its sender writes a comma."
        text = text.replace(",", ".", 1)
    found = NUMBER.match(text)
    if found is None:
        return "The value is not a plain number."
    rest = found["rest"]
    if EXPONENT.match(text.lstrip("<>=≤≥ ")):
        return "The number is written with an exponent."
    if rest.startswith(","):
        return "There is a comma in the number: it can be a decimal sign or not."
    if rest and rest[0] in ".0123456789":
        return "The value is not a plain number."
    sign = found["sign"] or ""
    return Reading(Decimal(found["number"]), SIGNS.get(sign, sign), rest.strip())


def plain(text: str | None, *, decimal_comma: bool = False) -> Fraction | None:
    """A bare number without a sign or a unit, as bounds are; None for anything else."""
    reading = read(text or "", decimal_comma=decimal_comma)
    return Fraction(reading.number) if isinstance(reading, Reading) and not (reading.sign or reading.unit) else None
