"""Where an alert begins, and where a repeat of what is open joins it instead.

A repeat is another result of the same patient, for the same doctor, in which nothing is critical but what an
unanswered part of an open alert says already, or the newer version of one of those parts. It is told like every
other; only its clock and its answer are shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import Patient
from notifications.channels import recipient_of
from notifications.ladder import told_in_this_round
from notifications.models import Alert, AlertPart


@dataclass(frozen=True, kw_only=True)
class AlertSubject:
    """What a critical notification is about, and the doctor whose answer it waits for.

    `summary` is shown wherever the alert is: "Potassium 7.1 mmol/L". `findings` name what is critical, so that a
    repeat is known: ("2823-3 HH",). Without any, nothing is a repeat of it.
    """

    kind: str
    id: UUID
    patient_id: UUID
    doctor_id: UUID
    summary: str
    findings: Sequence[str] = ()
    replaces: UUID | None = None


@dataclass(frozen=True)
class Opened:
    alert: Alert
    persistent: bool = False
    """Whether it was open already, and this is the same again."""
    begins: bool = False
    """Whether the ladder begins: it was opened, or asks again."""
    others: tuple[str, ...] = ()
    """Channels of those who hold it already and must hear of the repeat."""


def lock_alerts_of(patient_id: UUID) -> None:
    """Until the commit nobody else opens or joins an alert of the patient: two at once would not see each other.

    The patient before their alerts, and those before streams: one order everywhere, so no deadlock.
    """
    Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient_id)
    list(Alert.objects.open().filter(patient=patient_id).order_by("pk").select_for_update(of=("self",)))


def open_or_join(subject: AlertSubject, link: str) -> Opened:
    """Call it in the transaction of the notification, before that is written."""
    lock_alerts_of(subject.patient_id)
    now = timezone.now()
    alert = _open_one_of_the_same(subject)
    if alert is None:
        return Opened(_add_part(_open(subject, link, now), subject, link, now), begins=True)
    asks_again = alert.acknowledged_at is not None
    others = _ask_again(alert, now) if asks_again else tuple(told_in_this_round(alert))
    alert.summary, alert.link = subject.summary[:300], link
    alert.save()
    return Opened(_add_part(alert, subject, link, now), persistent=True, begins=asks_again, others=others)


def _open_one_of_the_same(subject: AlertSubject) -> Alert | None:
    mine = Alert.objects.open().filter(kind=subject.kind, patient=subject.patient_id, doctor=subject.doctor_id)
    waiting = Prefetch("parts", queryset=AlertPart.objects.filter(answered_at=None), to_attr="waiting")
    alerts: list[Alert] = list(mine.prefetch_related(waiting))
    about = {subject.id, subject.replaces}
    for alert in alerts:
        if any(part.subject_id in about for part in alert.waiting):  # type: ignore[attr-defined]  # prefetched
            return alert
    for alert in alerts:
        known = {finding for part in alert.waiting for finding in part.findings}  # type: ignore[attr-defined]
        if subject.findings and known.issuperset(subject.findings):
            return alert
    return None


def _open(subject: AlertSubject, link: str, now: datetime) -> Alert:
    return Alert.objects.create(
        kind=subject.kind,
        subject_id=subject.id,
        patient_id=subject.patient_id,
        doctor_id=subject.doctor_id,
        summary=subject.summary[:300],
        link=link,
        opened_at=now,
        asked_at=now,
    )


def _ask_again(alert: Alert, now: datetime) -> tuple[str, ...]:
    """What was acknowledged was the earlier value. That stays on record, and the ladder begins anew."""
    told = set(alert.notifications.values_list("stream_id", flat=True))
    holder = tuple(channel for channel in told if recipient_of(channel) == str(alert.acknowledged_by_id))
    alert.acknowledged_at = alert.acknowledged_by = None
    alert.acknowledgement_note = ""
    alert.asked_at, alert.climbed_minutes, alert.deadline = now, 0, None
    return holder


def _add_part(alert: Alert, subject: AlertSubject, link: str, now: datetime) -> Alert:
    AlertPart.objects.get_or_create(
        alert=alert,
        subject_id=subject.id,
        defaults={
            "findings": list(subject.findings),
            "summary": subject.summary[:300],
            "link": link,
            "joined_at": now,
        },
    )
    return alert
