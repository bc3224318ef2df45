"""Of which alerts and gaps, in what a patient takes, somebody has been shown or told. models.py makes it known to
Django.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Patient
from prescriptions.checks import NOT_CHECKED, Alert, Check, NotChecked
from prescriptions.rules import Severity

LONGEST_SUBJECT = 500
SEVERITIES = [*Severity.values, NOT_CHECKED]
WORST_FIRST = {severity: place for place, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class Finding:
    """An alert, or that one medication could not be checked, or not against something: an allergy, a kind of rules.

    `subject` is the same for the same ingredients, whichever rule speaks and however severe it calls it, and for the
    same gap; `severity` is "not_checked" for a gap. `said` is what the check said.
    """

    subject: str
    severity: str
    medications: tuple[str, ...]
    said: Alert | NotChecked

    def is_worse(self, known: dict[str, str]) -> bool:
        """Nobody has heard of it, or it was less severe then."""
        before = known.get(self.subject)
        return before is None or WORST_FIRST[self.severity] < WORST_FIRST[before]


def findings_of(check: Check) -> list[Finding]:
    """Worst first. A gap that concerns all medications is one finding for each: their prescribers are not the same."""
    found = {finding.subject: finding for finding in _findings(check)}
    return list(found.values())


def _findings(check: Check) -> Iterator[Finding]:
    for alert in check.alerts:
        yield Finding(_subject(alert.kind, *alert.about), alert.severity, alert.medications, alert)
    for gap in check.not_checked:
        concerned = [gap.medication] if gap.subject == "medication" else [one.text for one in check.medications]
        about = [] if gap.subject == "medication" else [gap.medication]
        for medication in concerned:
            subject = _subject(NOT_CHECKED, gap.subject, medication, *about, *gap.about)
            yield Finding(subject, NOT_CHECKED, (medication,), gap)


def _subject(*parts: str) -> str:
    return "|".join(parts)[:LONGEST_SUBJECT]


class KnownAlertQuerySet(QuerySet[Any]):
    def severities(self, patient_id: UUID) -> dict[str, str]:
        """subject -> how severe it was when somebody last heard of it."""
        return dict(self.filter(patient=patient_id).values_list("subject", "severity"))

    def add(self, patient_id: UUID, findings: Iterable[Finding]) -> None:
        now = timezone.now()
        rows: list[Any] = [
            KnownAlert(patient_id=patient_id, subject=finding.subject, severity=finding.severity, since=now)
            for finding in findings
        ]
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["patient", "subject"], update_fields=["severity", "since"]
        )

    def settle(self, patient_id: UUID, findings: Iterable[Finding]) -> None:
        """These and no others: what no longer stands is news when it comes back."""
        findings = list(findings)
        self.filter(patient=patient_id).exclude(subject__in=[finding.subject for finding in findings]).delete()
        self.add(patient_id, findings)


class KnownAlert(models.Model):
    """A state and no history: what was shown is kept by `RecordedCheck`, what was told by the notification."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=LONGEST_SUBJECT, help_text="Its kind, and what it is about.")
    severity = models.CharField(max_length=20, choices=[*Severity.choices, (NOT_CHECKED, "Not checked")])
    since = models.DateTimeField()

    objects = KnownAlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "subject"], name="known_alert_once_for_a_patient"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="known_alert_severity_in_set"),
        ]

    def __str__(self) -> str:
        return f"{self.severity}, {self.subject}"
