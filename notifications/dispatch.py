"""The door of the house: how a domain tells people something.

`notify()` writes the rows in the caller's transaction and publishes after its commit. PostgreSQL is the truth,
Redis a nudge: what could not be published stands in the reader's inbox.
"""

import json
import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from asgiref.sync import sync_to_async

from accounts.models import User
from notifications import alerts, ladder
from notifications.channels import recipient_of
from notifications.covering import covered_by, covering
from notifications.deadlocks import as_a_whole
from notifications.events import ADDED_KEYS, CONTROL_FRAMES, Event, Json
from notifications.mails import mail_those_who_are_away
from notifications.models import Notification
from notifications.opening import AlertSubject, lock_alerts_of, open_or_join
from notifications.pages import refresh, refresh_administrators, refresh_alert, refresh_everyone
from notifications.streams import lock_streams
from notifications.writing import write_and_publish

MAX_MESSAGE_BYTES = 64 * 1024
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


__all__ = [
    "AlertSubject",
    "as_a_whole",
    "close_alert",
    "covered_by",
    "covering",
    "hold",
    "notify",
    "publish_notification",
    "publish_notification_sync",
    "reached_by",
    "refresh",
    "refresh_administrators",
    "refresh_everyone",
    "withdraw_alert",
]


@as_a_whole
def notify(events: Sequence[tuple[str, Event]], *, link: str, alert: AlertSubject | None = None) -> list[Notification]:
    """Tell each (channel, event). Call it once in a verb, last: the streams are locked until the commit.

    Several in one transaction: `hold()` before the first.
    `link` is the path of the page of the thing itself. With `alert`, every one of the notifications needs a
    person's acknowledgement, and one acknowledgement answers for all. A repeat of what is open joins its alert: it
    carries `persistent: true`, and whoever holds the alert is told of it too.
    Raises ValueError for a channel outside the patterns.
    """
    if alert is None:
        messages = [(channel, event.payload(), event.priority) for channel, event in events]
        return write_and_publish(messages, link=link, alert=None)
    opened = open_or_join(alert, link)
    matter = opened.alert
    told = dict.fromkeys([channel for channel, _ in events] + list(opened.others))
    event = events[0][1]
    body = event.payload() | ({"persistent": True} if opened.persistent else {})
    rows = write_and_publish([(channel, body, event.priority) for channel in told], link=link, alert=matter)
    mail_those_who_are_away(told)
    if opened.begins:
        ladder.begin(matter)
    refresh_alert(matter)
    return rows


def publish_notification_sync(channel: str, message: Json, recipient_id: UUID | str | None = None) -> Notification:
    """Send a program's own message. It is kept and numbered like ours. Several in one transaction: `hold()` first.

    Raises ValueError, saying why, for a channel outside the patterns, a message without a `type` of its own, one
    that is no JSON or is over 64 KiB, and a `recipient_id` that is not the channel's.
    """
    _check_message(message)
    recipient = recipient_of(channel)
    if recipient_id is not None and str(recipient_id) != recipient:
        raise ValueError(f"{channel!r} is not the channel of the recipient {recipient_id}.")
    (sent,) = write_and_publish([(channel, message, "normal")], link=None, alert=None)
    return sent


async def publish_notification(channel: str, message: Json, recipient_id: UUID | str | None = None) -> Notification:
    """`publish_notification_sync` for asynchronous programs; raises the same."""
    return await sync_to_async(publish_notification_sync)(channel, message, recipient_id)


def hold(channels: Iterable[str], *, patient_id: UUID | None = None) -> None:
    """Before the first of several `notify()` or `publish_notification_sync()` in one transaction: lock all their
    streams, in the one order, or two such transactions in opposite orders end in a deadlock.

    With `patient_id`, for critical ones: the patient's open alerts, and the streams of who holds them, as well.
    Raises ValueError for a channel outside the patterns.
    """
    names = set(channels)
    for channel in names:
        recipient_of(channel)
    if patient_id:
        lock_alerts_of(patient_id)
        holders = Notification.objects.filter(alert__patient=patient_id, alert__closed_at=None)
        names.update(holders.values_list("stream_id", flat=True).distinct())
    lock_streams(names)


def reached_by(kind: str, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Ids of the people to whom an alert about one of these subjects came, open or closed."""
    told = Notification.objects.filter(alert__kind=kind, alert__parts__subject_id__in=list(subject_ids))
    ids = {recipient_of(channel) for channel in told.values_list("stream_id", flat=True).distinct()}
    return {UUID(found) for found in ids if found}


@as_a_whole
def close_alert(kind: str, subject_id: UUID, *, by: User, action: str) -> None:
    """`by` answered for this subject with `action`: its alert closes, unless it waits for another one still.

    Who acts on the subject of an alert that has reached them has seen it: it is acknowledged as it closes.
    """
    alerts.answer_part(kind, subject_id, by=by, action=action)


@as_a_whole
def withdraw_alert(kind: str, subject_id: UUID, *, by: User, action: str) -> None:
    """`by` took the subject back with `action`. Its alert closes, unless it waits for another one, such as what came
    in its place (`AlertSubject.replaces`, told before this); nobody has acknowledged by that.
    """
    alerts.withdraw_part(kind, subject_id, by=by, action=action)


def _check_message(message: Json) -> None:
    if not isinstance(message, dict):
        raise ValueError("A message is a dict.")
    kind = message.get("type")
    if not isinstance(kind, str) or not 0 < len(kind) <= 64:
        raise ValueError("A message needs a `type`: a text of 1 to 64 characters.")
    if kind in CONTROL_FRAMES:
        raise ValueError(f"The type {kind!r} is a frame of the server's own; choose another.")
    if taken := sorted(ADDED_KEYS & message.keys()):
        raise ValueError(f"These keys are added by HealthHub itself: {', '.join(taken)}.")
    try:
        encoded = json.dumps(message, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"The message cannot be written as JSON: {error}.") from None
    if len(encoded) > MAX_MESSAGE_BYTES:
        raise ValueError(f"The message is over {MAX_MESSAGE_BYTES // 1024} KiB.")
    if ESCAPED_NUL.search(encoded):
        raise ValueError("The message holds a NUL character, which cannot be stored.")
