"""Answering for a critical matter: who may, what is kept, who is told that it is done.

An acknowledgement and an action are two facts. The alert closes when both are there, in either order.
"""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.fields import no_control_characters
from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from notifications.deadlocks import as_a_whole
from notifications.events import Json, wire_time
from notifications.inbox import mark_seen
from notifications.models import Acknowledgement, Alert, AlertPart, CallLogEntry, Notification
from notifications.pages import tell_everyone_reached

MAX_NOTE = 2000


def open_for(user: User) -> list[Alert]:
    """Alerts that have reached the person and that nobody has acknowledged, oldest first."""
    return list(Alert.objects.reached(user).unacknowledged().select_related("patient__user"))


@as_a_whole
def acknowledge(alert: Alert, *, by: User, note: str = "") -> Alert:
    """Keep that `by` has taken the alert on, with the value read back in `note`; with an action there, it closes.

    It answers for all that the alert waits for at this moment. Idempotent: the first acknowledgement stands and is
    what comes back, whoever asks again, until a repeat of the critical result asks anew. One that closed without an
    acknowledgement, because its result was withdrawn, comes back without one.
    Raises NotAllowed for whom the alert has not reached, ValidationError for an unusable note.
    """
    check_note(note)
    alert = _locked(alert)
    if not has_reached(alert, by):
        raise NotAllowed("An alert is acknowledged by those it has reached.")
    if alert.acknowledged_at is None and alert.closed_at is None:
        _take_on(alert, by, note)
        _close_if_answered(alert, by)
        _keep(alert)
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


@as_a_whole
def record_call(alert: Alert, *, by: User, outcome: str, note: str = "") -> CallLogEntry:
    """Keep that `by` called and how it went: an action. The alert closes once it is acknowledged too.

    Whom the alert has reached, and who spoke to somebody, has acknowledged with it; "not reached" acknowledges
    nothing, and the ladder goes on. A closed alert takes further calls and stays closed as it was.
    Raises NotAllowed for whom may not record one, ValidationError for another outcome or an unusable note.
    """
    if outcome not in CallLogEntry.Outcome.values:
        raise ValidationError({"outcome": "Choose how the call went."})
    check_note(note)
    alert = _locked(alert)
    if not may_record_call(alert, by):
        raise NotAllowed("Calls are recorded by those whom the alert has reached, and by administrators.")
    entry = CallLogEntry.objects.create(alert=alert, by=by, at=timezone.now(), outcome=outcome, note=note)
    if alert.closed_at is None:
        if outcome in CallLogEntry.SPOKEN:
            _take_on_if_reached(alert, by)
        _close_if_answered(alert, by)
        _keep(alert)
    return entry


def may_record_call(alert: Alert, user: User) -> bool:
    return user.is_administrator or has_reached(alert, user)


def has_reached(alert: Alert, user: User) -> bool:
    return Alert.objects.reached(user).filter(pk=alert.pk).exists()


def answer_part(kind: str, subject_id: UUID, *, by: User, action: str) -> None:
    """`by` acted on the subject. Once every other part is answered too, that is an action on the alert, and an
    acknowledgement where the alert had reached them. Call it in a transaction.
    """
    alert = _answered_part_of(kind, subject_id, by, action)
    if alert is None:
        return
    if not alert.parts.filter(answered_at=None).exists():
        _take_on_if_reached(alert, by)
    _close_if_answered(alert, by)
    _keep(alert)


def withdraw_part(kind: str, subject_id: UUID, *, by: User, action: str) -> None:
    """What the alert was about is no longer so, because `by` corrected or cancelled it. Nobody answered for it, so
    nobody acknowledges: with no other part waiting, the alert closes with `action`. Call it in a transaction.
    """
    alert = _answered_part_of(kind, subject_id, by, action)
    if alert is None:
        return
    if not alert.parts.filter(answered_at=None).exists():
        _close(alert, by, action)
    _keep(alert)


def _answered_part_of(kind: str, subject_id: UUID, by: User, action: str) -> Alert | None:
    open_ones = Alert.objects.open().filter(kind=kind, parts__subject_id=subject_id, parts__answered_at=None)
    alert: Alert | None = open_ones.select_for_update(of=("self",)).first()
    if alert is None:
        return None
    _answer(alert.parts.filter(subject_id=subject_id), by, action)
    waiting = alert.parts.filter(answered_at=None).last()
    if waiting:
        alert.summary, alert.link = waiting.summary, waiting.link
    return alert


def _answer(parts: "QuerySet[AlertPart]", by: User, action: str) -> None:
    parts.filter(answered_at=None).update(answered_at=timezone.now(), answered_by=by, answer=action)


def _locked(alert: Alert) -> Alert:
    return Alert.objects.select_for_update(of=("self",)).select_related("acknowledged_by").get(pk=alert.pk)


def _keep(alert: Alert) -> None:
    alert.save()
    tell_everyone_reached(alert)


def _take_on_if_reached(alert: Alert, by: User) -> None:
    if alert.acknowledged_at is None and has_reached(alert, by):
        _take_on(alert, by, "")


def _close_if_answered(alert: Alert, by: User) -> None:
    """Acknowledged and acted upon, in whatever order: `by` did the second of the two."""
    action = _action_on(alert)
    if alert.acknowledged_at and action:
        _close(alert, by, action)


def _action_on(alert: Alert) -> str:
    """What was done about all of it; empty where something waits. A call counts for what it could know of."""
    parts = list(alert.parts.all())
    answers = [(part.answered_at, part.answer) for part in parts if part.answered_at]
    if len(answers) == len(parts):
        return max(answers)[1]
    call = alert.calls.filter(at__gte=max(part.joined_at for part in parts)).last()
    return call.outcome if call else ""


def _close(alert: Alert, by: User, action: str) -> None:
    alert.closed_at, alert.closed_by, alert.closing_action, alert.deadline = timezone.now(), by, action, None
    _answer(alert.parts.all(), by, action)


def _take_on(alert: Alert, by: User, note: str) -> None:
    alert.acknowledged_at, alert.acknowledged_by, alert.acknowledgement_note = timezone.now(), by, note
    Acknowledgement.objects.create(alert=alert, by=by, at=alert.acknowledged_at, note=note)


def acknowledgement(alert: Alert) -> Json:
    """The answer to an `ack`: who took the alert on, when, and what they read back. Times UTC.

    `acknowledged_at` and `acknowledged_by` are null where nobody did before what it was about was withdrawn.
    """
    by = alert.acknowledged_by
    return {
        "alert_id": str(alert.pk),
        "acknowledged_at": wire_time(alert.acknowledged_at) if alert.acknowledged_at else None,
        "acknowledged_by": {"id": str(by.pk), "name": by.full_name} if by else None,
        "note": alert.acknowledgement_note,
        "closed": alert.closed_at is not None,
        "closing_action": alert.closing_action,
    }
