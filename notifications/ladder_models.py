"""The ladder, who stands on it when, and what was done about an alert. models.py makes them known to Django."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Doctor
from notifications.querysets import InForceQuerySet


class LadderStep(models.Model):
    """Who is told next while nobody has acknowledged an alert, and how long after it was opened."""

    class Audience(models.TextChoices):
        ORDERING = "ordering", "the ordering doctor"
        COVERING = "covering", "the covering doctor"
        ON_CALL = "on_call", "everyone on call and the administrators"
        BREACH = "breach", "nobody: a breach is recorded"

    after_minutes = models.PositiveIntegerField(unique=True, help_text="Minutes after the alert was opened.")
    audience = models.CharField(max_length=10, choices=Audience)

    class Meta:
        ordering = ["after_minutes"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=["ordering", "covering", "on_call", "breach"]), name="ladder_audience_in_set"
            ),
        ]

    def __str__(self) -> str:
        return f"after {self.after_minutes} min: {self.get_audience_display()}"


class AlertStep(models.Model):
    """A step that was taken: when, which, and how many were told who had not been before."""

    alert = models.ForeignKey("notifications.Alert", on_delete=models.PROTECT, related_name="steps")
    audience = models.CharField(max_length=10, choices=LadderStep.Audience)
    at = models.DateTimeField()
    told = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}, {self.told} told"


class Cover(models.Model):
    """A doctor who answers for another, from when to when."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="covered_by")
    covering = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, related_name="covers", verbose_name="covering doctor"
    )
    begins = models.DateTimeField("from")
    ends = models.DateTimeField("to")

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["begins"]
        verbose_name_plural = "cover"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="cover_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(doctor=F("covering")), name="nobody_covers_themselves"),
        ]
        indexes = [models.Index(fields=["doctor", "begins", "ends"], name="cover_in_force")]

    def __str__(self) -> str:
        return f"{self.covering.full_display_name} for {self.doctor.full_display_name}"


class OnCall(models.Model):
    """A doctor on the on-call rota, from when to when."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="on_call")
    begins = models.DateTimeField("from")
    ends = models.DateTimeField("to")

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["begins"]
        verbose_name = "on-call duty"
        verbose_name_plural = "on-call rota"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="on_call_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["begins", "ends"], name="on_call_in_force")]

    def __str__(self) -> str:
        return f"{self.doctor.full_display_name}, on call"


class CallLogEntry(models.Model):
    """That somebody called about an alert, and how it went: an action, which closes an alert that is acknowledged."""

    class Outcome(models.TextChoices):
        READ_BACK = "read_back", "reached and read back"
        REACHED = "reached", "reached"
        NOT_REACHED = "not_reached", "not reached"

    SPOKEN = (Outcome.READ_BACK, Outcome.REACHED)

    alert = models.ForeignKey("notifications.Alert", on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["read_back", "reached", "not_reached"]), name="call_outcome_in_set"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.at:%H:%M}"
