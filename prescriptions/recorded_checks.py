"""What a prescriber was shown, and what they did about it. Rows are added and never touched again.

models.py makes it known to Django.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Patient, User
from prescriptions.check_readers import RecordedCheckQuerySet, ShownAlertQuerySet
from prescriptions.checks import ALERTS, CLEAR, NOT_CHECKED, Alert, Check
from prescriptions.follow_ups import PrescriptionFollowUp
from prescriptions.kept_rows import KEPT, NOT_KEPT, Added
from prescriptions.locking import lock_patient
from prescriptions.overriding import MAX_NOTE, Override, OverrideNeeded, OverrideReason, stops
from prescriptions.rule_sets import RuleSet
from prescriptions.rules import Severity

if TYPE_CHECKING:
    from prescriptions.models import Prescription

__all__ = ["KEPT", "NOT_KEPT", "RecordedCheck", "ShownAlert"]

ONE_ATTEMPT = timedelta(hours=12)
"""Within a shift, the same alert for the same patient and prescriber is the same question, asked again."""


class RecordedCheck(Added):
    """The check with which a prescription was issued; without one, what stopped it, or what stood beside the form."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prescription = models.OneToOneField(
        "prescriptions.Prescription", on_delete=models.PROTECT, null=True, related_name="recorded_check"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    medication = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=12, choices=[(one, one) for one in (CLEAR, ALERTS, NOT_CHECKED)])
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, to_field="version", null=True, related_name="+")
    found = models.JSONField(help_text="All that the check said, but for the alerts: they have rows of their own.")
    fingerprint = models.CharField(max_length=32)

    objects = RecordedCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[CLEAR, ALERTS, NOT_CHECKED]), name="recorded_check_status_in_set"
            ),
            models.CheckConstraint(
                condition=Q(status=NOT_CHECKED) | Q(rule_set__isnull=False), name="recorded_check_by_a_rule_set"
            ),
        ]
        indexes = [models.Index(fields=["patient", "by", "-at"], name="recorded_check_of_patient")]

    def __str__(self) -> str:
        return f"{self.medication}, {self.at:%-d %b %Y %H:%M}"

    @property
    def shown(self) -> "list[ShownAlert]":
        """Worst first, as they were shown."""
        return sorted(self.alerts.all(), key=lambda one: one.place)

    @classmethod
    def keep_issued(
        cls, check: Check, prescription: "Prescription", answers: Mapping[str, Override], *, by: User
    ) -> "RecordedCheck":
        """In the transaction of the issue, with the patient locked."""
        kept = cls._of(check, prescription, by)
        kept.prescription_id = prescription.pk
        kept.save(force_insert=True)
        for row in ShownAlert.add(kept, check, answers):
            if row.reason == OverrideReason.WILL_MONITOR:
                PrescriptionFollowUp.plan(row, prescription, due=answers[row.alert].monitor_until)
        return kept

    @classmethod
    @transaction.atomic
    def keep_stop(cls, stop: OverrideNeeded) -> "RecordedCheck":
        """For `keeping_stops`: after the transaction that the stop has undone."""
        lock_patient(stop.prescription.patient_id)
        kept = cls._of(stop.check, stop.prescription, stop.prescription.doctor.user)
        kept.save(force_insert=True)
        ShownAlert.add(kept, stop.check, {})
        return kept

    @classmethod
    @transaction.atomic
    def keep_shown(cls, check: Check, medication: str, patient: Patient, *, by: User) -> "RecordedCheck | None":
        """What stands beside the form, as soon as something speaks against the medication that is typed there: once for
        each alert in an attempt, however often the page asks for it.
        """
        if not any(alert.is_new for alert in check.alerts):
            return None
        lock_patient(patient.pk)
        kept = cls._about(check, medication, patient.pk, by)
        before = ShownAlert.asked_before(kept)
        alerts = tuple(alert for alert in check.alerts if alert.id not in before)
        if not any(alert.is_new for alert in alerts):
            return None
        kept.save(force_insert=True)
        ShownAlert.add(kept, replace(check, alerts=alerts), None)
        return kept

    @classmethod
    def _of(cls, check: Check, prescription: "Prescription", by: User) -> "RecordedCheck":
        return cls._about(check, prescription.medication, prescription.patient_id, by)

    @classmethod
    def _about(cls, check: Check, medication: str, patient_id: uuid.UUID, by: User) -> "RecordedCheck":
        said = check.as_json()
        rows = ("alerts", "status", "fingerprint")
        return cls(
            patient_id=patient_id,
            by=by,
            medication=medication,
            at=check.checked_at,
            status=check.status,
            rule_set_id=check.rule_set["version"] if check.rule_set else None,
            found={key: value for key, value in said.items() if key not in rows},
            fingerprint=check.fingerprint,
        )

    def as_json(self) -> dict[str, Any]:
        """The body of a check, each alert with its `outcome`, `reason` and `note`."""
        alerts = [row.as_json() for row in self.shown]
        return {"status": self.status, "alerts": alerts, **self.found, "fingerprint": self.fingerprint}


class ShownAlert(Added):
    """One alert, shown once to one prescriber."""

    class Outcome(models.TextChoices):
        """`shown` is what stood beside the form, before anything was asked for."""

        SHOWN = "shown", "Shown beside the form"
        INFORMED = "informed", "Informed"
        STOPPED = "stopped", "Stopped"
        OVERRIDDEN = "overridden", "Overridden"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_check = models.ForeignKey(RecordedCheck, on_delete=models.PROTECT, related_name="alerts")
    place = models.PositiveSmallIntegerField(help_text="The worst is 0.")
    alert = models.CharField(max_length=20, help_text="The id by which it is overridden.")
    kind = models.CharField(max_length=20)
    severity = models.CharField(max_length=20, choices=Severity)
    rule = models.CharField(max_length=80, help_text="The worst of those that spoke.")
    rules = models.JSONField()
    about = models.JSONField()
    medications = models.JSONField()
    description = models.TextField()
    source = models.TextField()
    is_new = models.BooleanField(help_text="It speaks of what was prescribed, not only of what was there already.")
    outcome = models.CharField(max_length=12, choices=Outcome)
    reason = models.CharField(max_length=20, choices=OverrideReason, blank=True)
    note = models.CharField(max_length=MAX_NOTE, blank=True)
    follows = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="followed_by",
        help_text="The same question, before; what nothing follows is how it ended.",
    )

    objects = ShownAlertQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_check", "place"]
        constraints = [
            models.UniqueConstraint(fields=["recorded_check", "alert"], name="shown_alert_once_in_a_check"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="shown_alert_severity_in_set"),
            models.CheckConstraint(
                condition=Q(outcome="overridden", reason__in=OverrideReason.values)
                | Q(outcome__in=["shown", "informed", "stopped"], reason="", note=""),
                name="shown_alert_overridden_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(severity="contraindicated", outcome="overridden", note=""),
                name="shown_alert_contraindicated_has_a_note",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="informed", is_new=True, severity__in=["contraindicated", "major"]),
                name="shown_alert_stops_if_it_must",
            ),
        ]
        indexes = [models.Index(fields=["rule", "severity"], name="shown_alert_of_rule")]

    def __str__(self) -> str:
        return f"{self.severity}, {' with '.join(dict.fromkeys(self.medications))}"

    @classmethod
    def add(cls, kept: RecordedCheck, check: Check, answers: Mapping[str, Override] | None) -> "list[ShownAlert]":
        """`answers` is None where nothing has been asked for yet."""
        before = cls.asked_before(kept) if check.alerts else {}
        rows = [cls._of(kept, place, alert, answers, before.get(alert.id)) for place, alert in enumerate(check.alerts)]
        return ShownAlert.objects.bulk_create(rows)

    @classmethod
    def asked_before(cls, kept: RecordedCheck) -> dict[str, uuid.UUID]:
        """Alerts that this prescriber was shown of this patient in an attempt of this shift, the last one of each."""
        attempts = cls.objects.filter(
            recorded_check__prescription=None,
            recorded_check__patient=kept.patient_id,
            recorded_check__by=kept.by_id,
            recorded_check__at__gt=kept.at - ONE_ATTEMPT,
            followed_by=None,
        ).exclude(recorded_check=kept)
        return dict(attempts.order_by("recorded_check__at").values_list("alert", "pk"))

    @classmethod
    def _of(
        cls,
        kept: RecordedCheck,
        place: int,
        alert: Alert,
        answers: Mapping[str, Override] | None,
        before: uuid.UUID | None,
    ) -> "ShownAlert":
        answer = answers.get(alert.id) if answers else None
        outcome = cls.Outcome.INFORMED
        if answers is None:
            outcome = cls.Outcome.SHOWN
        elif answer:
            outcome = cls.Outcome.OVERRIDDEN
        elif stops(alert):
            outcome = cls.Outcome.STOPPED
        return cls(
            recorded_check=kept,
            place=place,
            alert=alert.id,
            kind=alert.kind,
            severity=alert.severity,
            rule=alert.rules[0],
            rules=list(alert.rules),
            about=list(alert.about),
            medications=list(alert.medications),
            description=alert.description,
            source=alert.source,
            is_new=alert.is_new,
            outcome=outcome,
            reason=answer.reason if answer else "",
            note=answer.note.strip() if answer else "",
            follows_id=before,
        )

    def as_json(self) -> dict[str, Any]:
        """As `Alert`, with `outcome`, `reason` (its code, `reason_label` for people) and `note`."""
        same = ("kind", "severity", "medications", "about", "description", "source", "rules", "is_new")
        own = ("outcome", "reason", "note")
        words = {"reason_label": self.get_reason_display()}
        return {"id": self.alert, **{key: getattr(self, key) for key in (*same, *own)}, **words}
