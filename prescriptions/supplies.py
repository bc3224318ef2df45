"""How long a supply lasts, and when the next one is needed."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from prescriptions.life import Living
from prescriptions.statuses import Status


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
        end: datetime = self.refilled_until or self.created_at + timedelta(days=self.duration_days)
        return end

    @property
    def next_refill_on(self) -> date | None:
        """The day by the clinic's clock from which the next refill is needed; None where there is none to come."""
        if not (self.is_current and self.refills_remaining) or self.supply_ends_at >= self.expires_at:
            return None
        return timezone.localdate(self.supply_ends_at)

    @property
    def ends_on(self) -> date:
        """The last day by the clinic's clock, or the day on which it ended."""
        return timezone.localdate(self.over_since or self.expires_at)

    @property
    def needs_renewal(self) -> bool:
        """Whether more of it means a new prescription."""
        return self.state != Status.ACTIVE or self.refills_remaining == 0

    @property
    def refills_at_first(self) -> int:
        """How many it was issued with."""
        return round((self.expires_at - self.created_at) / timedelta(days=self.duration_days)) - 1
