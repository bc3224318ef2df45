"""How long a supply lasts, when the next one is needed, and what it would give."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from prescriptions.life import Living
from prescriptions.statuses import Status


def days_later(moment: datetime, days: int) -> datetime:
    """The same time of day by the clinic's clock, so many days on: a day of 23 or 25 hours is one day, too."""
    return (timezone.localtime(moment) + timedelta(days=days)).astimezone(UTC)


@dataclass(frozen=True)
class Supply:
    """What a grant gives: so many whole `days` by the calendar, `until` then. Short of `usual` days at the end."""

    until: datetime
    days: int
    usual: int

    @property
    def is_short(self) -> bool:
        return self.days < self.usual

    def __str__(self) -> str:
        days = f"{self.days} day{'' if self.days == 1 else 's'}" if self.days else "less than a day"
        end = f"{days} more, until {timezone.localtime(self.until):%a %-d %B %Y}"
        return f"only {end}, when the prescription ends" if self.is_short else end


class Supplied(Living):
    """A supply lasts `duration_days`. A refill begins where the supply before it ends, or on the day it is granted."""

    refilled_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The end of the last supply that was granted as a refill."
    )

    created_at: Any
    duration_days: Any
    refills_remaining: Any

    class Meta:
        abstract = True

    @property
    def supply_ends_at(self) -> datetime:
        """When what has been handed out is used up. Never after the prescription itself ends."""
        end: datetime = min(self.refilled_until or days_later(self.created_at, self.duration_days), self.expires_at)
        return end

    @property
    def is_supplied_to_its_end(self) -> bool:
        """A refill would add nothing, however many are left: those before were granted late."""
        return self.supply_ends_at >= self.expires_at

    @property
    def next_refill_on(self) -> date | None:
        """The day by the clinic's clock from which the next refill is needed; None where there is none to come."""
        return None if self.needs_renewal else timezone.localdate(self.supply_ends_at)

    @property
    def refill_is_overdue(self) -> bool:
        return bool(self.next_refill_on and self.next_refill_on < timezone.localdate())

    @property
    def next_supply(self) -> Supply | None:
        """What a grant would give now; None where more of it means a renewal."""
        if self.needs_renewal:
            return None
        begins = max(self.supply_ends_at, timezone.now())
        until = min(days_later(begins, self.duration_days), self.expires_at)
        return Supply(until, (timezone.localdate(until) - timezone.localdate(begins)).days, self.duration_days)

    @property
    def ends_on(self) -> date:
        """The last day by the clinic's clock, or the day on which it ended."""
        return timezone.localdate(self.over_since or self.expires_at)

    @property
    def needs_renewal(self) -> bool:
        """Whether more of it means a new prescription."""
        return self.state != Status.ACTIVE or self.refills_remaining == 0 or self.is_supplied_to_its_end

    @property
    def refills_at_first(self) -> int:
        """How many it was issued with."""
        return round((self.expires_at - self.created_at) / timedelta(days=self.duration_days)) - 1
