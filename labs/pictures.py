"""A value within its range, as a line of numbers and as percents for the picture beside it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from labs.values import Values, number

Flag = Literal["in", "low", "high", "unknown"]
FLAG_WORDS = {"in": "In range", "low": "Low", "high": "High", "unknown": "Not classified"}
GENTLE_WORDS = {
    "in": "In the usual range",
    "low": "Below the usual range",
    "high": "Above the usual range",
    "unknown": "Without a range to compare with",
}


@dataclass(frozen=True)
class Bar:
    """Percents of the picture's width: where the range begins, how wide it is, where the value lies."""

    start: str
    width: str
    at: str


@dataclass(frozen=True)
class Line:
    """One value as pages show it. `flag` says where it lies in the range that was sent with it, if any."""

    name: str
    value: str
    unit: str
    low: str | None
    high: str | None
    flag: Flag
    bar: Bar | None
    previous: str = ""
    previous_at: str = ""

    @property
    def flag_words(self) -> str:
        return FLAG_WORDS[self.flag]

    @property
    def gentle_words(self) -> str:
        return GENTLE_WORDS[self.flag]

    @property
    def reference(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.low} to {self.high}"
        if self.low is not None:
            return f"from {self.low}"
        return f"up to {self.high}" if self.high is not None else "none"

    @property
    def told(self) -> str:
        """The picture in words, for those who cannot see it."""
        return f"{self.value}, {self.flag_words.lower()}; range {self.reference}"


def lines_of(values: Values) -> list[Line]:
    return [
        Line(
            name=name,
            value=parts["value"] or "",
            unit=parts["unit"] or "",
            low=parts["low"],
            high=parts["high"],
            flag=flag_of(parts),
            bar=bar_of(parts),
        )
        for name, parts in values.items()
    ]


def flag_of(parts: dict[str, str | None]) -> Flag:
    """Only what the sent range settles: text, a missing bound on the side that matters, is not classified."""
    value, low, high = (number(parts[part]) for part in ("value", "low", "high"))
    if value is None:
        return "unknown"
    if low is not None and value < low:
        return "low"
    if high is not None and value > high:
        return "high"
    return "in" if low is not None and high is not None else "unknown"


def bar_of(parts: dict[str, str | None]) -> Bar | None:
    value, low, high = (number(parts[part]) for part in ("value", "low", "high"))
    if value is None or low is None or high is None or low >= high:
        return None
    margin = high - low
    start, end = min(low - margin, value), max(high + margin, value)
    air = (end - start) / 20
    start, end = start - air, end + air

    def percent(amount: Decimal) -> str:
        return f"{float(amount / (end - start) * 100):.1f}%"

    return Bar(start=percent(low - start), width=percent(margin), at=percent(value - start))
