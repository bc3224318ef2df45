"""What is open and free, as arithmetic: no slot overlaps another, none lies outside what was said."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.slots import Span, free, grid, moment, open_spans

NEW_YORK, BERLIN, AUCKLAND = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
HALF = timedelta(minutes=30)
NONE = timedelta(0)


@dataclass
class Weekly:
    begins: time
    ends: time
    weekday: int | None = None

    def holds_on(self, day):
        return self.weekday is None or day.weekday() == self.weekday


def slots(rules, first, last, zone, length=HALF, buffer=NONE):
    return list(grid(open_spans(rules, first, last, zone), length, buffer))


def local(found, zone):
    return [slot.start.astimezone(zone).strftime("%H:%M") for slot in found]


def test_a_day_from_nine_to_five_has_sixteen_half_hours():
    found = slots([Weekly(time(9), time(17))], date(2026, 6, 1), date(2026, 6, 1), BERLIN)
    assert (len(found), local(found, BERLIN)[0], local(found, BERLIN)[-1]) == (16, "09:00", "16:30")
    assert found[0].start == datetime(2026, 6, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, day, count, skipped",
    [(BERLIN, date(2026, 3, 29), 6, "02:"), (NEW_YORK, date(2026, 3, 8), 6, "02:")],
)
def test_the_night_that_loses_an_hour_offers_no_time_that_is_not_there(zone, day, count, skipped):
    found = local(slots([Weekly(time(1), time(5))], day, day, zone), zone)
    assert len(found) == count
    assert not any(text.startswith(skipped) for text in found)


@pytest.mark.parametrize("zone, day", [(BERLIN, date(2026, 10, 25)), (NEW_YORK, date(2026, 11, 1))])
def test_the_night_that_gains_an_hour_offers_it_too(zone, day):
    found = slots([Weekly(time(0), time(5))], day, day, zone)
    assert len(found) == 12
    assert len({slot.start for slot in found}) == 12


@pytest.mark.parametrize("zone, day", [(BERLIN, date(2026, 3, 29)), (NEW_YORK, date(2026, 3, 8))])
def test_a_rule_that_begins_in_the_missing_hour_begins_when_it_is_over(zone, day):
    assert local(slots([Weekly(time(2, 30), time(4))], day, day, zone), zone) == ["03:00", "03:30"]


def test_nine_is_nine_on_both_sides_of_the_change():
    found = slots([Weekly(time(9), time(9, 30))], date(2026, 3, 28), date(2026, 3, 30), BERLIN)
    assert local(found, BERLIN) == ["09:00"] * 3
    assert [slot.start.hour for slot in found] == [8, 7, 7]


def test_the_leap_day_is_a_day_like_any_other():
    found = slots([Weekly(time(9), time(10), weekday=1)], date(2028, 2, 28), date(2028, 3, 1), BERLIN)
    assert [slot.start.astimezone(BERLIN).date() for slot in found] == [date(2028, 2, 29)] * 2


def test_midnight_is_no_wall():
    rules = [Weekly(time(23), time(0)), Weekly(time(0), time(1))]
    found = slots(rules, date(2026, 6, 1), date(2026, 6, 2), BERLIN, length=timedelta(minutes=45))
    assert local(found, BERLIN) == ["00:00", "23:00", "23:45", "23:00"]


def test_of_hours_that_never_end_each_day_has_the_same_slots_whichever_days_are_asked_for():
    wednesday, length = date(2026, 6, 3), timedelta(minutes=50)
    always = [Weekly(time(0), time(12)), Weekly(time(12), time(0))]
    asked = [slots(always, wednesday - timedelta(days=back), wednesday, BERLIN, length) for back in range(3)]
    begins = moment(wednesday, time(0), BERLIN)
    of_wednesday = [[slot for slot in found if slot.start >= begins] for found in asked]
    assert of_wednesday[0] == of_wednesday[1] == of_wednesday[2]
    assert len(of_wednesday[0]) == 28


def test_a_buffer_lies_between_two_visits_and_may_end_after_hours():
    found = slots([Weekly(time(9), time(11))], date(2026, 6, 1), date(2026, 6, 1), BERLIN, buffer=timedelta(minutes=15))
    assert local(found, BERLIN) == ["09:00", "09:45", "10:30"]


def test_what_is_taken_is_not_free_and_its_neighbours_are():
    found = slots([Weekly(time(9), time(11))], date(2026, 6, 1), date(2026, 6, 1), UTC_ZONE)
    taken = [Span(found[1].start + timedelta(minutes=10), found[1].end - timedelta(minutes=10))]
    assert local(free(found, taken, NONE), UTC_ZONE) == ["09:00", "10:00", "10:30"]


def test_the_buffer_after_a_visit_must_be_free_too():
    found = slots([Weekly(time(9), time(11))], date(2026, 6, 1), date(2026, 6, 1), UTC_ZONE)
    assert local(free(found, [found[2]], timedelta(minutes=15)), UTC_ZONE) == ["09:00", "10:30"]


UTC_ZONE = ZoneInfo("UTC")
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 10, 15, 30, 45]))
rules = st.lists(
    st.tuples(times, times, st.one_of(st.none(), st.integers(0, 6)))
    .filter(lambda row: row[1] == time(0) or row[0] < row[1])
    .map(lambda row: Weekly(*row)),
    max_size=5,
)
zones = st.sampled_from(
    [NEW_YORK, BERLIN, AUCKLAND, UTC_ZONE, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns")]
)
lengths = st.sampled_from([5, 15, 20, 30, 45, 60, 480]).map(lambda minutes: timedelta(minutes=minutes))
buffers = st.sampled_from([0, 5, 15]).map(lambda minutes: timedelta(minutes=minutes))
days = st.dates(date(2024, 1, 1), date(2030, 1, 1))


@given(rules, days, st.integers(0, 8), zones, lengths, buffers)
def test_slots_never_overlap_and_never_lie_outside(weekly, first, count, zone, length, buffer):
    last = first + timedelta(days=count)
    spans = open_spans(weekly, first, last, zone)
    found = list(grid(spans, length, buffer))
    assert all(one.end <= other.start for one, other in pairwise(found))
    for slot in found:
        assert slot.end - slot.start == length
        assert any(span.start <= slot.start and slot.end <= span.end for span in spans)
        wall = slot.start.astimezone(zone)
        assert wall.replace(tzinfo=None) == slot.start.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        assert moment(first, time(0), zone) <= slot.start < moment(last + timedelta(days=1), time(0), zone)


@given(rules, days, zones, st.lists(st.tuples(st.integers(0, 47), st.integers(1, 12)), max_size=12), buffers)
def test_free_is_what_touches_nothing_that_is_taken(weekly, day, zone, busy, buffer):
    found = slots(weekly, day, day, zone)
    begin = moment(day, time(0), zone)
    taken = [Span(begin + HALF * start, begin + HALF * (start + length)) for start, length in busy]
    wanted = [slot for slot in found if not any(Span(slot.start, slot.end + buffer).overlaps(other) for other in taken)]
    assert list(free(found, taken, buffer)) == wanted
