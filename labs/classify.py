"""Into which class a reading falls, by limits that are given. Pure: no database, and no clock.

A class is named by FHIR's code: N, L, H, LL, HH, A, AA. None is not classified, with the reason; it is never N.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from labs.readings import Point

SEXES = ("female", "male")


@dataclass(frozen=True)
class Bound:
    """`inclusive`: who stands on the bound is beyond it already (<= and >=)."""

    at: Decimal
    inclusive: bool

    def is_above(self, point: Point) -> bool:
        return point < (Fraction(self.at), 0) or (self.inclusive and point == (Fraction(self.at), 0))

    def is_below(self, point: Point) -> bool:
        return point > (Fraction(self.at), 0) or (self.inclusive and point == (Fraction(self.at), 0))


@dataclass(frozen=True)
class Limits:
    """For one sex ("any", "female", "male") and ages in days, the last excluded; None is no end, or no bound.

    `band` is the row they came from.
    """

    sex: str
    age_from: int
    age_until: int | None
    low: Bound | None
    high: Bound | None
    critical_low: Bound | None
    critical_high: Bound | None
    no_low: bool
    no_high: bool
    version: int
    source: str
    approved: bool
    band: int | None = None

    @property
    def bounds(self) -> tuple[Bound | None, ...]:
        return self.low, self.high, self.critical_low, self.critical_high

    def class_at(self, point: Point) -> str | None:
        if self.critical_low and self.critical_low.is_above(point):
            return "LL"
        if self.critical_high and self.critical_high.is_below(point):
            return "HH"
        if self.low and self.low.is_above(point):
            return "L"
        if self.high and self.high.is_below(point):
            return "H"
        return "N" if (self.low or self.no_low) and (self.high or self.no_high) else None


@dataclass(frozen=True)
class Finding:
    """`flag` or, where that is None, `why`. `limits`: those that could apply to the patient."""

    flag: str | None
    why: str
    limits: tuple[Limits, ...] = ()


def classify(span: tuple[Point, Point], known: Sequence[Limits], *, sex: str, age_days: int | None) -> Finding:
    """The class on which all limits agree that could apply; another sex than the two, and no age, are unknown."""
    could: list[Limits] = []
    for possible in [sex] if sex in SEXES else SEXES:
        fitting = [limits for limits in known if limits.sex in ("any", possible)]
        if not _cover(fitting, age_days):
            return Finding(None, _not_covered(sex, age_days, bool(known)))
        could += [limits for limits in fitting if limits not in could and _is_for(limits, age_days)]
    ends = {(limits.class_at(span[0]), limits.class_at(span[1])) for limits in could}
    flags = {flag for pair in ends for flag in pair}
    flag = flags.pop() if len(flags) == 1 else None
    return Finding(flag, "" if flag else _why_not(ends, could), tuple(could))


def _is_for(limits: Limits, age_days: int | None) -> bool:
    if age_days is None:
        return True
    return limits.age_from <= age_days and (limits.age_until is None or age_days < limits.age_until)


def _cover(fitting: Sequence[Limits], age_days: int | None) -> bool:
    """Is there a limit for the age, or for every age where it is not known?"""
    if age_days is not None:
        return any(_is_for(limits, age_days) for limits in fitting)
    reached: int | None = 0
    for limits in sorted(fitting, key=lambda limits: limits.age_from):
        if reached is None or limits.age_from > reached:
            break
        reached = None if limits.age_until is None else max(reached, limits.age_until)
    return bool(fitting) and reached is None


def _not_covered(sex: str, age_days: int | None, any_limits: bool) -> str:
    if not any_limits:
        return "The catalogue has no limits for this analyte."
    unknown = [name for name, known in (("sex", sex in SEXES), ("age", age_days is not None)) if not known]
    if unknown:
        return f"The patient's {' and '.join(unknown)} must be known: the catalogue does not have limits for everyone."
    return "The catalogue has no limits for a patient of this sex and age."


def _why_not(ends: set[tuple[str | None, str | None]], could: Sequence[Limits]) -> str:
    if len(ends) > 1:
        return "The patient's sex or age is not known, and the limits that could apply do not agree."
    (first, last), limits = next(iter(ends)), could[0]
    if first != last:
        return "The value is not an exact number, and what it can be falls into more than one class."
    missing = [
        name
        for name, bound, by_design in (("low", limits.low, limits.no_low), ("high", limits.high, limits.no_high))
        if bound is None and not by_design
    ]
    return f"The catalogue has no {' and no '.join(missing)} reference bound for this patient."
