"""How long things may wait, as the clinic sets it in the administration. models.py makes it known to Django."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

MOST_HOURS = 24 * 60
MOST_MINUTES = 24 * 60


class WaitingTimes(models.Model):
    """One row. What it says holds at once, also for what waits already."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    comes_back_after_hours = models.PositiveSmallIntegerField(
        "a request comes back after", default=24, help_text="Hours without an answer; its doctor is told again."
    )
    to_the_cover_after_hours = models.PositiveSmallIntegerField(
        "and goes to the cover after",
        default=48,
        help_text="Hours without an answer; whoever covers the doctor is told, or the administrators if nobody does.",
    )

    offer_minutes = models.PositiveSmallIntegerField(
        "an offer stands for",
        default=15,
        help_text="Minutes that a freed slot is kept for one person of the wait list; less if it begins soon.",
    )

    class Meta:
        verbose_name_plural = "waiting times"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="waiting_times_are_one_row"),
            models.CheckConstraint(
                condition=Q(comes_back_after_hours__gte=1, to_the_cover_after_hours__gte=F("comes_back_after_hours"))
                & Q(to_the_cover_after_hours__lte=MOST_HOURS),
                name="waiting_times_in_their_order",
            ),
            models.CheckConstraint(
                condition=Q(offer_minutes__gte=1, offer_minutes__lte=MOST_MINUTES), name="offers_stand_for_a_while"
            ),
        ]

    def __str__(self) -> str:
        return "Waiting times"

    @classmethod
    def current(cls) -> "WaitingTimes":
        """As they are set; of a clinic that has set none, the defaults."""
        return cls.objects.first() or cls()

    def clean(self) -> None:
        super().clean()
        back, cover = self.comes_back_after_hours, self.to_the_cover_after_hours
        if back is not None and not 1 <= back <= MOST_HOURS:
            raise ValidationError({"comes_back_after_hours": f"Give 1 to {MOST_HOURS} hours."})
        if self.offer_minutes is not None and not 1 <= self.offer_minutes <= MOST_MINUTES:
            raise ValidationError({"offer_minutes": f"Give 1 to {MOST_MINUTES} minutes."})
        if back is not None and cover is not None and not back <= cover <= MOST_HOURS:
            raise ValidationError({"to_the_cover_after_hours": f"Give {back} to {MOST_HOURS} hours: the doctor first."})

    @property
    def comes_back_after(self) -> timedelta:
        return timedelta(hours=self.comes_back_after_hours)

    @property
    def to_the_cover_after(self) -> timedelta:
        return timedelta(hours=self.to_the_cover_after_hours)

    @property
    def offer_stands_for(self) -> timedelta:
        return timedelta(minutes=self.offer_minutes)
