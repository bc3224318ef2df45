"""Which times are open and which are free, from rows that are given. Pure: no database, and no clock.

A day is the clinic's. Its hours are counted in real time, so the night in which the clock is put forward has one less,
the other one more, and no slot begins at a time that does not exist.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MIDNIGHT = time(0)


class Weekly(Protocol):
    """What a rule says; AvailabilityRule is one."""

    begins: time
    ends: time

    def holds_on(self, day: date) -> bool: ...


@dataclass(frozen=True, order=True)
class Span:
    """From `start` to just before `end`, both UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first time that the clock shows it, in UTC; where the clock jumps over it, the moment of the jump."""
    wall = datetime.combine(day, at)
    while True:
        utc = wall.replace(tzinfo=zone).astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None) == wall:
            return utc
        wall += MINUTE


def open_spans(rules: Sequence[Weekly], first: date, last: date, zone: ZoneInfo) -> list[Span]:
    """When one can be visited from `first` to `last`, in order; what touches is one.

    A day that is open from midnight to midnight begins anew, or where its slots begin would depend on `first`.
    """
    found: list[Span] = []
    day = first
    while day <= last:
        hours = _joined(_hours(rules, day, zone))
        whole = Span(moment(day, MIDNIGHT, zone), moment(day + DAY, MIDNIGHT, zone))
        found = [*found, whole] if hours == [whole] else _joined_on(found, hours)
        day += DAY
    return found


def _hours(rules: Sequence[Weekly], day: date, zone: ZoneInfo) -> Iterator[Span]:
    for rule in rules:
        if rule.holds_on(day):
            until = (day + DAY, MIDNIGHT) if rule.ends == MIDNIGHT else (day, rule.ends)
            yield Span(moment(day, rule.begins, zone), moment(*until, zone))


def _joined_on(spans: list[Span], later: list[Span]) -> list[Span]:
    """`later` follows `spans`; only where they meet can anything become one."""
    return [*spans[:-1], *_joined([*spans[-1:], *later])]


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def grid(spans: Iterable[Span], length: timedelta, buffer: timedelta) -> Iterator[Span]:
    """The slots that are published, whoever has them: one after another from where each span begins."""
    for span in spans:
        start = span.start
        while start + length <= span.end:
            yield Span(start, start + length)
            start += length + buffer


def free(slots: Iterable[Span], taken: Iterable[Span], buffer: timedelta) -> Iterator[Span]:
    """Those that, with the buffer after them, nothing of `taken` touches."""
    busy = _joined(taken)
    ends = [span.end for span in busy]
    for slot in slots:
        following = bisect_right(ends, slot.start)
        if following == len(busy) or busy[following].start >= slot.end + buffer:
            yield slot
