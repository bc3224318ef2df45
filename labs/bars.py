"""A value within its limits as a picture: percents of its width. Where a mark lies says nothing of its class."""

from dataclasses import dataclass
from decimal import Decimal

from labs.readings import Reading
from labs.references import Reference

AIR = 4  # percent at either end
FURTHEST = 4  # widths of the range; what lies further is drawn at the edge, with an arrow


@dataclass(frozen=True)
class Span:
    start: str
    width: str


@dataclass(frozen=True)
class Bar:
    """`at`: the mark. `arrow`: "left" or "right" where the value is not drawn exactly: it can be, or is, further out.

    `tail` leads from the mark to that end where it can be anything from there on.
    """

    at: str
    band: Span | None
    criticals: tuple[Span, ...]
    arrow: str = ""
    tail: Span | None = None


def bar_of(reading: Reading | str, reference: Reference | None) -> Bar | None:
    """None where there is no number, or nothing to draw it in."""
    if isinstance(reading, str) or reference is None or not any(reference.bounds):
        return None
    value = reading.number
    first, last = _ends(reference)
    width = last - first
    if reading.sign:  # room for its arrow
        first, last = min(first, value - width / 8), max(last, value + width / 8)
    start, end = max(min(first, value), first - FURTHEST * width), min(max(last, value), last + FURTHEST * width)
    scale = _Scale(start, end)
    arrow = _arrow(reading, start, end)
    at = min(max(value, start), end)
    return Bar(
        at=_percent(scale.place(at)),
        band=_band(reference, scale),
        criticals=_criticals(reference, scale),
        arrow=arrow,
        tail=_tail(scale.place(at), arrow) if reading.sign else None,
    )


@dataclass(frozen=True)
class _Scale:
    start: Decimal
    end: Decimal

    def place(self, at: Decimal) -> Decimal:
        """In percent, without the ends' air."""
        return AIR + (at - self.start) / (self.end - self.start) * (100 - 2 * AIR)

    def is_inside(self, at: Decimal) -> bool:
        return self.start <= at <= self.end


def _ends(reference: Reference) -> tuple[Decimal, Decimal]:
    """The range with as much beside it on either side, and a critical limit that lies not much further."""
    inner = [limit.at for limit in (reference.low, reference.high) if limit]
    inner = inner or [limit.at for limit in (reference.critical_low, reference.critical_high) if limit]
    low, high = min(inner), max(inner)
    margin = (high - low) or abs(high) or Decimal(1)
    start, end = low - margin, high + margin
    for limit in (reference.critical_low, reference.critical_high):
        if limit and start - margin < limit.at < end + margin:
            start, end = min(start, limit.at - margin / 4), max(end, limit.at + margin / 4)
    return start, end


def _band(reference: Reference, scale: _Scale) -> Span | None:
    """A range with one bound reaches to the picture's end."""
    if not (reference.low or reference.high):
        return None
    start = scale.place(reference.low.at) if reference.low else Decimal(0)
    end = scale.place(reference.high.at) if reference.high else Decimal(100)
    return Span(_percent(start), _percent(end - start))


def _criticals(reference: Reference, scale: _Scale) -> tuple[Span, ...]:
    low, high = reference.critical_low, reference.critical_high
    found = []
    if low and scale.is_inside(low.at):
        found.append(Span(_percent(Decimal(0)), _percent(scale.place(low.at))))
    if high and scale.is_inside(high.at):
        found.append(Span(_percent(scale.place(high.at)), _percent(100 - scale.place(high.at))))
    return tuple(found)


def _arrow(reading: Reading, start: Decimal, end: Decimal) -> str:
    if reading.sign:
        return "left" if reading.sign.startswith("<") else "right"
    if start <= reading.number <= end:
        return ""
    return "left" if reading.number < start else "right"


def _tail(place: Decimal, arrow: str) -> Span:
    return Span("0.0%", _percent(place)) if arrow == "left" else Span(_percent(place), _percent(100 - place))


def _percent(amount: Decimal) -> str:
    return f"{float(amount):.1f}%"
