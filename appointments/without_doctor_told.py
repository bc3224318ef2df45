"""Who has heard of the visits of a doctor who left: each once for each time. models.py makes it known to Django."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Doctor, User


class ToldOfLeaverQuerySet(QuerySet[Any]):
    def standing(self) -> Self:
        """Of doctors who have not come back since."""
        return self.filter(came_back_at=None)

    def close(self, doctor: Doctor) -> None:
        """The doctor works here again; if they leave once more, it is told anew."""
        self.standing().filter(doctor=doctor).update(came_back_at=timezone.now())


class ToldOfLeaver(models.Model):
    """That somebody was told that it is theirs to find another doctor for the visits of one who left."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    came_back_at = models.DateTimeField(null=True, blank=True)

    objects = ToldOfLeaverQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "to"], condition=Q(came_back_at=None), name="told_of_a_leaver_once"
            ),
            models.CheckConstraint(
                condition=Q(came_back_at=None) | Q(came_back_at__gte=F("at")), name="told_before_the_leaver_came_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to.full_name} of {self.doctor.full_display_name}, {self.at:%Y-%m-%d %H:%M}"
