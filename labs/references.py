"""The limits a value was judged by, as its entry keeps them, in words and as numbers. Nothing is decided here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labs.readings import plain

INSIDE = {"<": "from {}", "<=": "above {}", ">": "up to {}", ">=": "below {}"}
CRITICAL = {"<": "below {}", "<=": "at {} or below", ">": "above {}", ">=": "at {} or above"}


@dataclass(frozen=True)
class Limit:
    """One bound: `text` as it is read; `operator` says when a value lies beyond it."""

    text: str
    operator: str

    @property
    def at(self) -> Decimal:
        return Decimal(self.text)

    @property
    def inside(self) -> str:
        return INSIDE[self.operator].format(self.text)

    @property
    def beyond(self) -> str:
        return CRITICAL[self.operator].format(self.text)


@dataclass(frozen=True)
class Reference:
    """Of a value, in the unit it was sent in; or of the catalogue, in its own."""

    low: Limit | None
    high: Limit | None
    critical_low: Limit | None
    critical_high: Limit | None
    unit: str = ""
    source: str = ""
    version: int | None = None
    approved: bool = True

    @property
    def bounds(self) -> tuple[Limit | None, ...]:
        return self.low, self.high, self.critical_low, self.critical_high

    @property
    def words(self) -> str:
        """ "3.5 to 5.1", "below 5.7"; an empty text where only critical limits are known."""
        if self.low and self.high and (self.low.operator, self.high.operator) == ("<", ">"):
            return f"{self.low.text} to {self.high.text}"
        return ", ".join(limit.inside for limit in (self.low, self.high) if limit)

    @property
    def critical_words(self) -> str:
        """ "critical below 3 or above 6.1"."""
        said = " or ".join(limit.beyond for limit in (self.critical_low, self.critical_high) if limit)
        return f"critical {said}" if said else ""

    @property
    def all_words(self) -> str:
        return ", ".join(filter(None, [self.words, self.critical_words]))

    def words_on(self, side: str | None) -> str:
        """With the critical limit on that side only: "low", "high", or None for neither."""
        limit = {"low": self.critical_low, "high": self.critical_high}.get(side or "")
        return ", ".join(filter(None, [self.words, f"critical {limit.beyond}" if limit else ""]))


def reference_of(entry: dict[str, Any]) -> Reference | None:
    kept = entry.get("reference")
    if not kept:
        return None
    low, high, critical_low, critical_high = (
        Limit(bound["value"], bound["operator"]) if (bound := kept.get(name)) else None
        for name in ("low", "high", "critical_low", "critical_high")
    )
    return Reference(
        low,
        high,
        critical_low,
        critical_high,
        unit=kept.get("unit") or "",
        source=kept.get("source") or "",
        version=kept.get("version"),
        approved=bool(kept.get("approved")),
    )


def sent_range(entry: dict[str, Any], reference: Reference | None) -> str:
    """The range that its sender gave, where it is not the one that judged it: "3.4 to 5.0", or an empty text."""
    low, high = entry.get("low"), entry.get("high")
    sent = [plain(text, decimal_comma=bool(entry.get("decimal_comma"))) for text in (low, high)]
    if reference and sent == [limit.at if limit else None for limit in (reference.low, reference.high)]:
        return ""
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else (f"up to {high}" if high else "")
