"""A doctor's days as rows: right on days of 23 and 25 hours, and nothing stands in two rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.calendar_grid import STEP, day_span, rows_of

LONDON, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)


@dataclass(frozen=True)
class Thing:
    begins: datetime
    ends: datetime


def thing(day, hour, minute=0, *, minutes=30, zone=LONDON, fold=0):
    begins = datetime.combine(day, time(hour, minute, fold=fold), zone).astimezone(UTC)
    return Thing(begins, begins + timedelta(minutes=minutes))


def whole(day):
    """Something short at both ends, so that no row of the day is left out."""
    first, last = day_span(day, LONDON)
    return [Thing(first, first + STEP), Thing(last - STEP, last)]


def rows(day, *things, zone=LONDON):
    return rows_of([day], {day: list(things)}, zone)


def test_a_day_is_shown_from_eight_to_six_and_further_where_something_happens():
    day = date(2027, 6, 1)
    assert [rows(day)[0].key.wall, rows(day)[-1].key.wall] == [time(8), time(17, 45)]
    late = rows(day, thing(day, 20), thing(day, 6, 30))
    assert [late[0].key.wall, late[-1].key.wall] == [time(6, 30), time(20, 15)]


def test_a_visit_stands_in_the_row_of_its_beginning_over_as_many_as_it_takes():
    day = date(2027, 6, 1)
    found = rows(day, thing(day, 9), thing(day, 10, 5))
    cells = {row.key.wall: row.cells for row in found}
    assert (cells[time(9)][0].rows, cells[time(9, 15)]) == (2, [])
    assert (cells[time(10)][0].rows, cells[time(10, 30)]) == (3, [])


def test_what_overlaps_stands_together():
    day = date(2027, 6, 1)
    first, second = thing(day, 9, minutes=60), thing(day, 9, 30)
    cell = next(row.cells[0] for row in rows(day, second, first) if row.key.wall == time(9))
    assert (cell.entries, cell.rows) == ([first, second], 4)


def test_the_day_on_which_the_clock_is_put_forward_has_an_hour_less():
    found = rows(FORWARD, *whole(FORWARD))
    assert len(found) == 23 * 4
    assert time(1) not in {row.key.wall for row in found}


def test_the_day_on_which_it_is_put_back_shows_an_hour_twice_and_each_visit_in_its_own():
    early, late = thing(BACK, 1, 30), thing(BACK, 1, 30, fold=1)
    found = rows(BACK, *whole(BACK), early, late)
    assert len(found) == 25 * 4
    at = {row.key: row.cells for row in found if row.key.wall == time(1, 30)}
    assert {key.again: cells[0].entries for key, cells in at.items()} == {False: [early], True: [late]}


def test_in_a_week_a_missing_hour_is_missing_on_its_day_alone():
    days = [FORWARD - timedelta(days=1), FORWARD]
    found = rows_of(days, {days[0]: whole(days[0])}, LONDON)
    assert len(found) == 24 * 4
    missing = {(cell.day, row.key.wall.hour) for row in found for cell in row.cells if cell.missing}
    assert missing == {(FORWARD, 1)}


def test_in_a_week_an_hour_that_comes_twice_does_so_on_its_day_alone():
    days = [BACK - timedelta(days=1), BACK]
    found = rows_of(days, {BACK: whole(BACK)}, LONDON)
    assert len(found) == 25 * 4
    missing = {(cell.day, row.key.wall.hour) for row in found for cell in row.cells if cell.missing}
    assert missing == {(days[0], 1)}
    assert [set(row.starts) for row in found if row.key.again] == [{BACK}] * 4


def test_an_absence_of_the_whole_day_does_not_open_the_night():
    day = date(2027, 6, 1)
    first, last = day_span(day, LONDON)
    found = rows(day, Thing(first - timedelta(days=1), last + timedelta(days=3)))
    assert [found[0].key.wall, len(found), found[0].cells[0].rows] == [time(8), 40, 40]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from([LONDON, NEW_YORK, LORD_HOWE]),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 24)),
    things=st.lists(st.tuples(st.integers(0, 7 * 24 * 60), st.integers(5, 300)), max_size=12),
)
def test_whatever_happens_every_column_is_full_and_everything_is_somewhere(zone, first, things):
    days = [first + timedelta(days=number) for number in range(7)]
    midnight = day_span(first, zone)[0]
    made = [Thing(midnight + timedelta(minutes=at), midnight + timedelta(minutes=at + long)) for at, long in things]
    entries = {
        day: [one for one in made if one.begins < day_span(day, zone)[1] and day_span(day, zone)[0] < one.ends]
        for day in days
    }
    found = rows_of(days, entries, zone)
    for day in days:
        column = [cell for row in found for cell in row.cells if cell.day == day]
        assert sum(cell.rows for cell in column) == len(found)
        shown = [entry for cell in column for entry in cell.entries]
        assert sorted(shown, key=id) == sorted(entries[day], key=id)


@pytest.mark.parametrize("day, hours", [(FORWARD, 23), (BACK, 25), (date(2028, 2, 29), 24)])
def test_a_day_has_as_many_hours_as_it_has(day, hours):
    first, last = day_span(day, LONDON)
    assert last - first == timedelta(hours=hours)
