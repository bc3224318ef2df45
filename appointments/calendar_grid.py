"""A doctor's days as rows of a quarter of an hour. Pure: no database, and no clock.

A row is what the clinic's clock shows. The day on which it is put back shows an hour twice, so it has rows that the
others lack; on the day on which it is put forward rows are missing. No week has both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from appointments.slots import DAY, MIDNIGHT, moment

STEP = timedelta(minutes=15)
USUAL = (time(8), time(18))
"""Shown even where nothing happens."""


class Timed(Protocol):
    begins: datetime
    ends: datetime


E = TypeVar("E", bound=Timed)


@dataclass(frozen=True)
class RowKey:
    """`again`: the second time that the clock shows it on that day."""

    wall: time
    again: bool


@dataclass(frozen=True)
class Cell(Generic[E]):
    """What happens from a row on, for `rows` rows; nothing where `entries` is empty. `missing`: no such time."""

    day: date
    rows: int
    entries: list[E] = field(default_factory=list)
    missing: bool = False


@dataclass(frozen=True)
class Row(Generic[E]):
    """`starts`: the moment at which it begins on each day that has it, as epoch seconds by day."""

    key: RowKey
    starts: Mapping[date, int]
    cells: list[Cell[E]]


def rows_of(days: Sequence[date], entries: Mapping[date, Sequence[E]], zone: ZoneInfo) -> list[Row[E]]:
    """The rows from the earliest to the latest thing that happens, in the usual hours at least.

    A cell that reaches over several rows stands in the first of them, and in no other.
    """
    steps = {day: list(_steps(day, zone)) for day in days}
    keys = [key for _, key in max(steps.values(), key=len)]
    place = {key: number for number, key in enumerate(keys)}
    blocks = {day: _blocks(steps[day], place, entries.get(day, []), len(keys)) for day in days}
    first, last = _window(keys, [span for found in blocks.values() for span in found])
    starts = {key: {day: int(at.timestamp()) for day in days for at, own in steps[day] if own == key} for key in keys}
    return [
        Row(keys[number], starts[keys[number]], list(_cells(days, blocks, starts[keys[number]], number, first, last)))
        for number in range(first, last)
    ]


def _steps(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, RowKey]]:
    at, end, seen = moment(day, MIDNIGHT, zone), moment(day + DAY, MIDNIGHT, zone), set()
    while at < end:
        wall = at.astimezone(zone).time().replace(tzinfo=None, fold=0)
        yield at, RowKey(wall, wall in seen)
        seen.add(wall)
        at += STEP


@dataclass
class _Block(Generic[E]):
    first: int
    last: int
    entries: list[E]


def _blocks(
    steps: Sequence[tuple[datetime, RowKey]], place: Mapping[RowKey, int], entries: Sequence[E], count: int
) -> list[_Block[E]]:
    """What overlaps is one block; the entries in it keep their order."""
    found: list[_Block[E]] = []
    for entry in sorted(entries, key=lambda entry: (entry.begins, entry.ends)):
        rows = [place[key] for at, key in steps if at < entry.ends and entry.begins < at + STEP]
        if not rows:
            continue
        if found and rows[0] < found[-1].last:
            found[-1].last = max(found[-1].last, rows[-1] + 1)
            found[-1].entries.append(entry)
        else:
            found.append(_Block(rows[0], min(rows[-1] + 1, count), [entry]))
    return found


def _window(keys: Sequence[RowKey], blocks: Sequence[_Block[E]]) -> tuple[int, int]:
    """A whole day that is one block (an absence, say) does not open the night."""
    usual = [number for number, key in enumerate(keys) if USUAL[0] <= key.wall < USUAL[1]]
    first, last = usual[0], usual[-1] + 1
    partial = [block for block in blocks if block.last - block.first < len(keys) - 4]
    return min([first, *(block.first for block in partial)]), max([last, *(block.last for block in partial)])


def _cells(
    days: Sequence[date],
    blocks: Mapping[date, Sequence[_Block[E]]],
    starts: Mapping[date, int],
    number: int,
    first: int,
    last: int,
) -> Iterator[Cell[E]]:
    for day in days:
        block = next((block for block in blocks[day] if max(block.first, first) <= number < block.last), None)
        if block is None:
            yield Cell(day, 1, missing=day not in starts)
        elif number == max(block.first, first):
            yield Cell(day, min(block.last, last) - number, block.entries)


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From its midnight to the next one, UTC: 23, 24 or 25 hours."""
    return moment(day, MIDNIGHT, zone).astimezone(UTC), moment(day + DAY, MIDNIGHT, zone).astimezone(UTC)
