"""Answering for a critical matter: who may, what is kept, who is told that it is done."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import User
from accounts.refusals import IllegalStep
from notifications.channels import recipient_of
from notifications.events import Json, wire_time
from notifications.inbox import mark_seen, tell_own_pages
from notifications.models import Acknowledgement, Alert, CallLogEntry, Notification

MAX_NOTE = 2000


def open_for(user: User) -> list[Alert]:
    """Alerts that have reached the person and that nobody has acknowledged, oldest first."""
    return list(Alert.objects.reached(user).unacknowledged().select_related("patient__user"))


@transaction.atomic
def acknowledge(alert: Alert, *, by: User, note: str = "") -> Alert:
    """Keep that `by` has taken the alert on, with the value read back in `note`.

    It answers for all that the alert waits for at this moment. Idempotent: the first acknowledgement stands and is
    what comes back, whoever asks again, until a repeat of the critical result asks anew.
    The caller has made sure that the alert has reached `by`. Raises ValidationError for an unusable note.
    """
    check_note(note)
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.acknowledged_at is None:
        _take_on(alert, by, note)
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement_note"])
        tell_everyone_reached(alert)
    mark_seen(by, Notification.objects.visible_to(by).filter(alert=alert))
    return alert


def acknowledge_notification(notification: Notification, *, by: User, note: str = "") -> Alert:
    """Acknowledge the alert behind a notification. Raises IllegalStep where there is none."""
    if notification.alert is None:
        raise IllegalStep("This notification asks for no acknowledgement.", code="no_acknowledgement_needed")
    return acknowledge(notification.alert, by=by, note=note)


def check_note(note: object) -> None:
    """Raises ValidationError for a note that is no text, too long, or holds control characters."""
    if not isinstance(note, str):
        raise ValidationError({"note": "The note must be a text."})
    if len(note) > MAX_NOTE:
        raise ValidationError({"note": f"The note may have {MAX_NOTE} characters at most."})
    try:
        no_control_characters(note)
    except ValidationError as error:
        raise ValidationError({"note": error.messages}) from None


@transaction.atomic
def record_call(alert: Alert, *, by: User, outcome: str, note: str = "") -> CallLogEntry:
    """Keep that `by` called and how it went: an action, which closes the alert.

    Who acts has seen it, so an alert that nobody acknowledged is acknowledged with it. A closed alert takes further
    calls and stays closed as it was. Raises ValidationError for another outcome or an unusable note.
    """
    if outcome not in CallLogEntry.Outcome.values:
        raise ValidationError({"outcome": "Choose how the call went."})
    check_note(note)
    entry = CallLogEntry.objects.create(alert=alert, by=by, at=timezone.now(), outcome=outcome, note=note)
    close(alert, by=by, action=outcome)
    return entry


def close(alert: Alert, *, by: User, action: str) -> None:
    """`by` has answered for it with `action`. The first to close it stands. Call it in a transaction."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.closed_at is not None:
        return
    if alert.acknowledged_at is None:
        _take_on(alert, by, "")
    alert.closed_at, alert.closed_by, alert.closing_action = timezone.now(), by, action
    alert.save()
    alert.parts.filter(answered_at=None).update(answered_at=alert.closed_at)
    tell_everyone_reached(alert)


def answer_part(kind: str, subject_id: UUID, *, by: User, action: str) -> None:
    """The subject is answered for; its open alert closes once every other part is. Call it in a transaction."""
    open_ones = Alert.objects.open().filter(kind=kind, parts__subject_id=subject_id)
    alert = open_ones.select_for_update(of=("self",)).first()
    if alert is None:
        return
    alert.parts.filter(subject_id=subject_id).update(answered_at=timezone.now())
    waiting = alert.parts.filter(answered_at=None).last()
    if waiting is None:
        close(alert, by=by, action=action)
        return
    alert.summary, alert.link = waiting.summary, waiting.link
    alert.save(update_fields=["summary", "link"])
    tell_everyone_reached(alert)


def _take_on(alert: Alert, by: User, note: str) -> None:
    alert.acknowledged_at, alert.acknowledged_by, alert.acknowledgement_note = timezone.now(), by, note
    Acknowledgement.objects.create(alert=alert, by=by, at=alert.acknowledged_at, note=note)


def acknowledgement(alert: Alert) -> Json:
    """The answer to an `ack`: who took the alert on, when, and what they read back. Times UTC."""
    assert alert.acknowledged_at
    assert alert.acknowledged_by
    return {
        "alert_id": str(alert.pk),
        "acknowledged_at": wire_time(alert.acknowledged_at),
        "acknowledged_by": {"id": str(alert.acknowledged_by.pk), "name": alert.acknowledged_by.full_name},
        "note": alert.acknowledgement_note,
        "closed": alert.closed_at is not None,
    }


def tell_everyone_reached(alert: Alert) -> None:
    """After the commit, every page of everyone the alert has reached learns that it is answered."""
    told = list(Notification.objects.filter(alert=alert).values_list("pk", "stream_id"))
    reached = {recipient_of(channel) for _, channel in told} - {None}
    change: Json = {"acknowledged": [str(pk) for pk, _ in told], "alert_id": str(alert.pk)}
    for user in User.objects.filter(pk__in=[UUID(str(user_id)) for user_id in reached]):
        tell_own_pages(user, change)
