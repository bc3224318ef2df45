"""What an alert is made of: each thing it is about, and each time a person took it on. models.py makes them known."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from notifications.ladder_models import CallLogEntry


def action_words(action: str) -> str:
    """What was done, for a page: "reviewed", "reached and read back"."""
    return dict(CallLogEntry.Outcome.choices).get(action, action) or "answered"


class AlertPart(models.Model):
    """One thing that an alert waits for: the first opens it, a repeat of what is open joins it."""

    alert = models.ForeignKey("notifications.Alert", on_delete=models.PROTECT, related_name="parts")
    subject_id = models.UUIDField()
    findings = ArrayField(
        models.CharField(max_length=200),
        default=list,
        help_text="What is critical in it, by names that compare: only these again are a repeat.",
    )
    summary = models.CharField(max_length=300)
    link = models.CharField(max_length=300)
    joined_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=40, blank=True, help_text="What was done: reviewed, corrected, called.")

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [models.UniqueConstraint(fields=["alert", "subject_id"], name="part_once_in_its_alert")]
        indexes = [models.Index(fields=["subject_id"], name="alert_part_by_subject")]

    @property
    def answer_words(self) -> str:
        return action_words(self.answer)

    def __str__(self) -> str:
        return self.summary


class Acknowledgement(models.Model):
    """That a person took an alert on, kept for ever: a repeat that asks again does not undo that they did."""

    alert = models.ForeignKey("notifications.Alert", on_delete=models.PROTECT, related_name="acknowledgements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.by.full_name}, {self.at:%H:%M}"
