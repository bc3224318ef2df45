from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def forward(self, **gap) -> datetime:
        self.now += timedelta(**gap)
        return self.now


@pytest.fixture
def clock(monkeypatch):
    standing = Clock(datetime(2027, 3, 1, 8, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", lambda: standing.now)
    return standing
