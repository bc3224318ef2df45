"""Which alerts about what a patient takes somebody has been shown or told of. models.py makes it known to Django."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Patient
from prescriptions.checks import Alert
from prescriptions.rules import WORST_FIRST, Severity

LONGEST_SUBJECT = 500


class KnownAlertQuerySet(QuerySet[Any]):
    def severities(self, patient_id: UUID) -> dict[str, str]:
        """subject -> how severe it was when somebody last heard of it."""
        return dict(self.filter(patient=patient_id).values_list("subject", "severity"))

    def add(self, patient_id: UUID, alerts: Iterable[Alert]) -> None:
        now = timezone.now()
        rows: list[Any] = [
            KnownAlert(patient_id=patient_id, subject=subject_of(alert), severity=alert.severity, since=now)
            for alert in alerts
        ]
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["patient", "subject"], update_fields=["severity", "since"]
        )

    def settle(self, patient_id: UUID, alerts: Iterable[Alert]) -> None:
        """These and no others: what no longer stands is news when it comes back."""
        alerts = list(alerts)
        self.filter(patient=patient_id).exclude(subject__in=[subject_of(alert) for alert in alerts]).delete()
        self.add(patient_id, alerts)


class KnownAlert(models.Model):
    """A state and no history: what was shown is kept by `ShownAlert`, what was told by the notification."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=LONGEST_SUBJECT, help_text="Its kind, and what it is about.")
    severity = models.CharField(max_length=20, choices=Severity)
    since = models.DateTimeField()

    objects = KnownAlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "subject"], name="known_alert_once_for_a_patient"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="known_alert_severity_in_set"),
        ]

    def __str__(self) -> str:
        return f"{self.severity}, {self.subject}"


def subject_of(alert: Alert) -> str:
    """The same for the same ingredients, whichever rule speaks and however severe it calls it."""
    return "|".join([alert.kind, *alert.about])[:LONGEST_SUBJECT]


def is_worse(alert: Alert, known: dict[str, str]) -> bool:
    """Nobody has heard of it, or it was less severe then."""
    before = known.get(subject_of(alert))
    return before is None or WORST_FIRST[alert.severity] < WORST_FIRST[before]
