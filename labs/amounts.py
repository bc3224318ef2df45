"""By how much one value differs from an earlier one of the same analyte, where the two can be compared at all."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from labs.pictures import Line
from labs.readings import Reading
from labs.spellings import unit_key

CONVERTED_DIGITS = 3


@dataclass(frozen=True)
class Difference:
    """`amount` is signed, in `unit`: exact where nothing was converted, else rounded to be read."""

    amount: Decimal
    unit: str

    @property
    def words(self) -> str:
        """ "up 1.8", "down 3", "the same"."""
        if not self.amount:
            return "the same"
        return f"{'up' if self.amount > 0 else 'down'} {abs(self.amount):f}"

    @property
    def words_with_unit(self) -> str:
        return " ".join(filter(None, [self.words, self.unit if self.amount else ""]))


def difference(before: Line, now: Line) -> Difference | None:
    """As they were sent where the units are the same, else in the catalogue's unit; None where neither is known."""
    if _are_exact(before, now) and before.unit and unit_key(before.unit) == unit_key(now.unit):
        return Difference(_number(now) - _number(before), now.unit)
    units = {line.entry.get("canonical_unit") for line in (before, now)}
    first, second = before.entry.get("canonical"), now.entry.get("canonical")
    if first is None or second is None or len(units) != 1:
        return None
    with localcontext(prec=CONVERTED_DIGITS):
        amount = (Decimal(second) - Decimal(first)).normalize()
    return Difference(amount, units.pop() or "")


def _are_exact(*lines: Line) -> bool:
    return all(isinstance(line.reading, Reading) and not (line.reading.sign or line.reading.unit) for line in lines)


def _number(line: Line) -> Decimal:
    assert isinstance(line.reading, Reading)
    return line.reading.number
