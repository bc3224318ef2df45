"""Values over time as a picture: across in percents, down in the pixels of a fixed height. No class is decided here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from itertools import groupby, pairwise
from typing import Any

from labs.judging import SHOWN_DIGITS
from labs.pictures import Line, line_of
from labs.readings import Reading
from labs.references import Limit, Reference

TOP, BOTTOM = 26, 184
ABOVE, BELOW = -5, 14  # where words stand beside a line
SIDE = 8  # percent kept free at either end
DATES = 3


@dataclass(frozen=True)
class Point:
    """One value in the trend. `number` is in the catalogue's unit, None where it does not convert or is not exact.

    `limits` are those that judged it, in the catalogue's unit, None where several could have.
    """

    at: datetime
    line: Line
    result_id: Any
    number: Decimal | None
    limits: Reference | None

    @property
    def written(self) -> str:
        """In the catalogue's unit: with the precision that was sent, or rounded where it had to be converted."""
        if self.number is None:
            return ""
        if isinstance(self.line.reading, Reading) and self.line.reading.number == self.number:
            return f"{self.number:f}"
        with localcontext(prec=SHOWN_DIGITS):
            return f"{+self.number:f}"


@dataclass(frozen=True)
class Mark:
    """A value's place. `value` is written in the catalogue's unit."""

    x: str
    y: int
    shape: str
    value: str
    at: datetime


@dataclass(frozen=True)
class Stroke:
    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True)
class Step:
    """The range as it was from one place to another; a range with one bound reaches to the picture's edge."""

    x: str
    x2: str
    width: str
    top: int
    height: int
    has_low: bool
    has_high: bool
    bottom: int


@dataclass(frozen=True)
class Level:
    """A line across with its words: a bound of the newest range, or a critical limit."""

    y: int
    text_y: int
    words: str


@dataclass(frozen=True)
class Picture:
    marks: list[Mark]
    strokes: list[Stroke]
    steps: list[Step]
    bounds: list[Level]
    criticals: list[Level]
    dates: list[Mark]
    changes: bool
    """Whether the range changed in between."""

    @property
    def label_shift(self) -> int:
        """From the newest mark to its value in words: on the side that its line does not come from."""
        falls = len(self.marks) > 1 and self.marks[-2].y < self.marks[-1].y
        return 22 if falls else -11


def picture_of(points: Sequence[Point]) -> Picture | None:
    """`points`, the oldest first. None where no value can be drawn."""
    drawn = [point for point in points if point.number is not None]
    if not drawn:
        return None
    down, across = _Down(drawn), _Across(drawn[0].at, drawn[-1].at)
    limits = drawn[-1].limits
    steps = _steps(drawn, down, across)
    return Picture(
        marks=[_mark(point, down, across) for point in drawn],
        strokes=_strokes(points, down, across),
        steps=steps,
        bounds=down.levels(limits.low, limits.high, lambda limit: limit.text) if limits else [],
        criticals=down.levels(limits.critical_low, limits.critical_high, _critical_words) if limits else [],
        dates=_dates([_mark(point, down, across) for point in drawn]),
        changes=len(steps) > 1,
    )


class _Down:
    """Where a number lies from the top. Critical limits that lie far off are left to words."""

    def __init__(self, drawn: Sequence[Point]) -> None:
        numbers = [point.number for point in drawn if point.number is not None]
        for point in drawn:
            numbers += [limit.at for limit in _inner(point.limits)]
        self.low, self.high = min(numbers), max(numbers)
        span = (self.high - self.low) or abs(self.high) or Decimal(1)
        for limit in [limit for point in drawn for limit in _critical(point.limits)]:
            if self.low - span < limit.at < self.high + span:
                numbers.append(limit.at)
        self.low, self.high = min(numbers), max(numbers)
        if self.low == self.high:
            self.low, self.high = self.low - span, self.high + span

    def y(self, number: Decimal) -> int:
        return round(TOP + float((self.high - number) / (self.high - self.low)) * (BOTTOM - TOP))

    def levels(self, low: Limit | None, high: Limit | None, say: Callable[[Limit], str]) -> list[Level]:
        """The upper one's words stand above its line, the lower one's below, so that they never meet."""
        placed = [(limit, offset) for limit, offset in ((high, ABOVE), (low, BELOW)) if limit]
        return [
            Level(self.y(limit.at), self.y(limit.at) + offset, say(limit))
            for limit, offset in placed
            if self.low <= limit.at <= self.high
        ]


class _Across:
    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.span = first, (last - first).total_seconds()

    def x(self, at: datetime) -> float:
        if not self.span:
            return 50.0
        return SIDE + (at - self.first).total_seconds() / self.span * (100 - 2 * SIDE)


def _mark(point: Point, down: _Down, across: _Across) -> Mark:
    assert point.number is not None
    return Mark(_percent(across.x(point.at)), down.y(point.number), point.line.shape, point.written, point.at)


def _strokes(points: Sequence[Point], down: _Down, across: _Across) -> list[Stroke]:
    """Between neighbours only: a value that cannot be drawn leaves a gap."""
    return [
        Stroke(_percent(across.x(one.at)), down.y(one.number), _percent(across.x(two.at)), down.y(two.number))
        for one, two in pairwise(points)
        if one.number is not None and two.number is not None
    ]


def _steps(drawn: Sequence[Point], down: _Down, across: _Across) -> list[Step]:
    """Each from half way after the last value that another range judged, to half way before the next."""
    runs = [list(run) for _, run in groupby(drawn, key=lambda point: point.limits and point.limits.bounds)]
    edges = [0.0, *((across.x(one[-1].at) + across.x(two[0].at)) / 2 for one, two in pairwise(runs)), 100.0]
    return [
        _step(run[0].limits, start, end, down)
        for run, (start, end) in zip(runs, pairwise(edges), strict=True)
        if run[0].limits and _inner(run[0].limits)
    ]


def _step(limits: Reference, start: float, end: float, down: _Down) -> Step:
    top = down.y(limits.high.at) if limits.high else TOP - 10
    bottom = down.y(limits.low.at) if limits.low else BOTTOM + 20
    return Step(
        x=_percent(start),
        x2=_percent(end),
        width=_percent(end - start),
        top=top,
        height=bottom - top,
        has_low=bool(limits.low),
        has_high=bool(limits.high),
        bottom=bottom,
    )


def _dates(marks: list[Mark]) -> list[Mark]:
    """The first, the last, and the one nearest to the middle: more would not fit on a phone."""
    if len(marks) < DATES:
        return marks
    middle = min(marks[1:-1], key=lambda mark: abs(float(mark.x[:-1]) - 50))
    return [marks[0], middle, marks[-1]] if 28 < float(middle.x[:-1]) < 72 else [marks[0], marks[-1]]


def _critical_words(limit: Limit) -> str:
    return f"critical {limit.beyond}"


def _inner(limits: Reference | None) -> list[Limit]:
    return [limit for limit in (limits.low, limits.high) if limit] if limits else []


def _critical(limits: Reference | None) -> list[Limit]:
    return [limit for limit in (limits.critical_low, limits.critical_high) if limit] if limits else []


def _percent(amount: float) -> str:
    return f"{amount:.1f}%"


@dataclass(frozen=True)
class Spark:
    """The last values in a line, each as far from the next; `x`, `y` and `shape` of the newest."""

    strokes: list[tuple[str, str, str, str]]
    x: str
    y: str
    shape: str


def spark_of(entries: Sequence[dict[str, Any]]) -> Spark | None:
    """None where there are not two numbers to draw, or the newest is none. The oldest first."""
    numbers = [None if (text := entry.get("canonical")) is None else Decimal(text) for entry in entries]
    found = [number for number in numbers if number is not None]
    if len(found) < 2 or numbers[-1] is None:
        return None
    low, span = min(found), (max(found) - min(found)) or Decimal(1)
    places = [
        None if number is None else (_percent(4 + 88 * place / (len(numbers) - 1)), _y(number, low, span))
        for place, number in enumerate(numbers)
    ]
    strokes = [(*one, *two) for one, two in pairwise(places) if one and two]
    x, y = places[-1] or ("", "")
    return Spark(strokes, x, y, line_of(entries[-1]).shape)


def _y(number: Decimal, low: Decimal, span: Decimal) -> str:
    return _percent(85 - 70 * float((number - low) / span))
