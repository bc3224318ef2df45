"""Doctors who can be visited: weekdays from nine to five, and what the tests need of the calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from appointments.models import AvailabilityRule, VisitKind

NINE, FIVE = time(9), time(17)


def office_hours(doctor, *, begins=NINE, ends=FIVE, weekdays=range(7), since=date(2020, 1, 1), **fields):
    """Every day, so that no test depends on the day on which it runs."""
    for weekday in weekdays:
        AvailabilityRule.objects.create(
            doctor=doctor, weekday=weekday, begins=begins, ends=ends, effective_from=since, **fields
        )


def consultation():
    return VisitKind.default()


def slot_at(days: int, hour: int, minute: int = 0):
    """That time of the clinic's clock, so many days ahead."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), ZoneInfo(settings.TIME_ZONE))
