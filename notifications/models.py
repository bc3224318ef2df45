import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Doctor, Patient
from notifications.alert_models import Acknowledgement, AlertPart, action_words
from notifications.ladder_models import AlertStep, CallLogEntry, Cover, LadderStep, OnCall
from notifications.querysets import AlertQuerySet, NotificationQuerySet

__all__ = [
    "Acknowledgement",
    "Alert",
    "AlertPart",
    "AlertStep",
    "CallLogEntry",
    "Cover",
    "LadderStep",
    "Notification",
    "OnCall",
    "Receipt",
    "Stream",
    "WorkerBeat",
]


class Stream(models.Model):
    """A channel's counter. Its row is locked while a number is taken, so numbers commit in their order."""

    name = models.CharField(primary_key=True, max_length=100)
    head = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.head}"


class Alert(models.Model):
    """A critical matter that stays open until a person has answered for it: acknowledged it, and acted.

    Several notifications may point at it; acknowledging through any of them acknowledges the alert.
    It knows its subjects by kind and id only, so that no domain is imported here: the first one itself, with its
    `parts` all of them. `summary` and `link` are those of the newest that waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    doctor = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, related_name="alerts", help_text="Whose answer it waits for."
    )
    summary = models.CharField(max_length=300, help_text="What a reader must know before opening it.")
    link = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(help_text="When the ladder began: a repeat after an acknowledgement asks again.")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledgement_note = models.TextField(blank=True, max_length=2000)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_action = models.CharField(max_length=40, blank=True)
    climbed_minutes = models.PositiveIntegerField(
        default=0, help_text="The step of the ladder that was taken last, by its minutes."
    )
    deadline = models.DateTimeField(null=True, blank=True, help_text="When the next step is taken.")
    breached_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=Q(closed_at=None), name="one_open_alert_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="alert_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["patient"], condition=Q(closed_at=None), name="alert_open_by_patient"),
            models.Index(
                fields=["deadline"],
                condition=Q(acknowledged_at=None, closed_at=None),
                name="alert_by_deadline",
            ),
        ]

    @property
    def waits(self) -> bool:
        """Whether it still asks for an acknowledgement."""
        return self.acknowledged_at is None and self.closed_at is None

    @property
    def closing_words(self) -> str:
        return action_words(self.closing_action)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Notification(models.Model):
    """One message on one channel, written in the transaction of what it tells.

    `body` is the JSON object that readers get, the same in this row, in Redis and in the browser.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, db_column="channel", related_name="+")
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=64)
    body = models.JSONField()
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()
    stream_id: str

    class Meta:
        ordering = ["stream", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="seq_once_per_channel"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="seq_from_one"),
        ]
        indexes = [
            models.Index(fields=["stream", "-created_at"], name="notification_inbox"),
            models.Index(fields=["created_at"], condition=Q(published_at=None), name="notification_to_publish"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stream_id}#{self.seq}"


class Receipt(models.Model):
    """What is known of one notification and one person. A system alert has many readers, so many receipts."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="Handed to a socket of theirs.")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Marked as read by them.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "user"], name="one_receipt_per_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.notification_id}"


class WorkerBeat(models.Model):
    """When a worker was last at work. One row; without a recent one, what should happen later does not."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_worker_beat")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
