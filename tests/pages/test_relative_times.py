"""What stands in brackets beside a time: days as people count them."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from healthhub.templatetags.ui import relative

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def saturday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize(
    "day, hour, said",
    [
        (28, 12, "just now"),
        (28, 14, "in 2 h 00"),
        (29, 11, "in 23 h 00"),
        (29, 12, "in 1 day"),
        (30, 9, "in 2 days"),
        (30, 23, "in 2 days"),
        (27, 13, "23 h 00 ago"),
        (27, 12, "1 day ago"),
        (26, 23, "2 days ago"),
        (21, 0, "7 days ago"),
    ],
)
def test_days_are_counted_by_the_date_and_hours_by_the_clock(day, hour, said):
    assert relative(datetime(2026, 11, day, hour, tzinfo=UTC)) == said
