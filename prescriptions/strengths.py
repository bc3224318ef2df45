"""Numbers in a medication's text: how much of each ingredient, how many pieces, or nobody knows what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

NUMBER = r"(?:1:)?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?![.,]?\d)"
MASS = r"mg|mcg|\u03bcg|ug|ng|kg|gm?|iu|units?|unt|u|micrograms?|milligrams?|grams?|meq|mmol|mol|%"
VOLUME = r"ml|l"
TIME = r"h|hr|hrs|hours?|days?"
PIECE = (
    r"actuations?|doses?|puffs?|sprays?|tablets?|tabs?|capsules?|caps?|caplets?|softgels?|pills?|vials?|ampoules?"
    r"|patch|patches|amps?|cartridges?|drops?|sachets?|lozenges?|suppository|suppositories|pens?"
)
AMOUNT = re.compile(
    rf"(?:(?P<number>{NUMBER})\s*)?"
    rf"(?:(?P<mass>{MASS})|(?P<volume>{VOLUME})|(?P<time>{TIME})|(?P<piece>{PIECE}))?(?!\w)"
)
PER = re.compile(r"\s*[/\u2044]\s*|[-\u2010-\u2015]|\s+per\s+")
WEIGHTS = {
    10**12: ("kg",),
    10**9: ("g", "gm", "gram", "grams"),
    10**6: ("mg", "milligram", "milligrams"),
    10**3: ("mcg", "ug", "\u03bcg", "microgram", "micrograms"),
    1: ("ng",),
}
"""Nanograms in each."""
PORTIONS = {("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4")}
"""Half a tablet, 2-3 tablets: neither is written so of a strength."""


@dataclass(frozen=True)
class Strength:
    """What a number says, up to `end`. `amounts`: of how many ingredients, at least, it tells how much.

    `is_bare`: one number without a unit, which may be a part of a name. `is_count`: how many tablets.
    `is_mixture`: two numbers without units that make a hundred. `unit`: the first of an amount. `said`: each number
    with its unit, as they are written.
    """

    end: int
    amounts: int
    unit: str
    is_bare: bool
    is_count: bool
    is_mixture: bool
    said: tuple[tuple[str, str], ...] = ()

    def tells_no_other_than(self, others: Iterable["Strength"]) -> bool:
        """Whether each number of it is one of the others, in the same unit where both have one: 0.1 mg is 100 mcg."""
        theirs = [one for other in others for one in other.said]
        return all(any(_is_same(one, other) for other in theirs) for one in self.said)


def strength_at(text: str, start: int, end: int) -> Strength | None:
    """What begins there, if it is a number: 500 mg, 250 mg/5 ml, 875-125 mg, 25 mcg/h, 1 tablet, 40."""
    first = AMOUNT.match(text, start, end)
    if not first or not first["number"]:
        return None
    said = [first]
    while link := PER.match(text, said[-1].end(), end):
        more = AMOUNT.match(text, link.end(), end)
        if not more or more.end() == link.end():
            break
        said.append(more)
    return _understood(said)


def count_at(text: str, start: int, end: int) -> Strength | None:
    """How many there are, or for how long, behind a times sign: x 30, x 28 tablets, x 7 days."""
    found = strength_at(text, start, end)
    if not found or len(found.said) > 1 or not found.said[0][0].isdecimal():
        return None
    is_count = found.is_bare or found.is_count or found.amounts == 0
    return replace(found, amounts=0, is_bare=False, is_count=True) if is_count and not found.unit else None


def _understood(said: list[re.Match[str]]) -> Strength:
    numbers = [one["number"] for one in said if one["number"]]
    units = [one["mass"] for one in said if one["mass"]]
    is_plain = not any(one["mass"] or one["volume"] for one in said)
    is_count = is_plain and (said[0].lastgroup == "piece" or _is_portion(said, numbers))
    amounts = 0 if is_count else sum(_is_amount(one, said[0]) for one in said)
    return Strength(
        end=said[-1].end(),
        amounts=amounts,
        unit=units[0] if units else "",
        is_bare=is_plain and amounts == 1,
        is_count=is_count,
        is_mixture=is_plain and len(said) == 2 and _make_a_hundred(numbers),
        said=tuple((one["number"], _unit(one)) for one in said if one["number"]),
    )


def _unit(one: re.Match[str]) -> str:
    return one["mass"] or one["volume"] or one["time"] or ("piece" if one["piece"] else "")


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (number, unit), (other_number, other_unit) = one, other
    if not unit or not other_unit:
        return number == other_number
    return number.isascii() and other_number.isascii() and _weighed(number, unit) == _weighed(other_number, other_unit)


def _weighed(number: str, unit: str) -> tuple[Decimal | str, str]:
    """A weight in nanograms; anything else as it is written."""
    factor = next((factor for factor, names in WEIGHTS.items() if unit in names), None)
    if not factor or ":" in number:
        return number, unit
    is_thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number)
    return Decimal(number.replace(",", "" if is_thousands else ".")) * factor, "ng"


def _is_amount(one: re.Match[str], first: re.Match[str]) -> bool:
    """Of the ingredient, and not "in 5 ml": in 5/325 tablets both are, in 5 mg/1 tablet the first one only."""
    if one["piece"]:
        return bool(one["number"]) and first.lastgroup == "number"
    return bool(one["number"]) and not one["volume"] and not one["time"]


def _is_portion(said: list[re.Match[str]], numbers: list[str]) -> bool:
    return bool(said[-1]["piece"]) and len(said) == 2 and tuple(numbers) in PORTIONS


def _make_a_hundred(numbers: list[str]) -> bool:
    return len(numbers) == 2 and all(number.isdecimal() for number in numbers) and sum(map(int, numbers)) == 100
