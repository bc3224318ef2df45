"""Rows now, publishing after the commit. Everything that is told goes through here."""

from collections.abc import Sequence
from uuid import uuid4

from django.utils import timezone

from notifications.after_commit import after_commit
from notifications.channels import recipient_of
from notifications.deadlocks import as_a_whole
from notifications.events import Json, wire_time
from notifications.models import Alert, Notification
from notifications.relay import publish_rows
from notifications.streams import take_numbers

Message = tuple[str, Json, str]
"""Channel, payload, priority."""


@as_a_whole
def write_and_publish(messages: Sequence[Message], *, link: str | None, alert: Alert | None) -> list[Notification]:
    """Raises ValueError for a channel outside the patterns."""
    for channel, _, _ in messages:
        recipient_of(channel)
    now = timezone.now()
    numbers = take_numbers([channel for channel, _, _ in messages])
    rows = []
    for (channel, message, priority), seq in zip(messages, numbers, strict=True):
        identity = uuid4()
        added = {
            "id": str(identity),
            "channel": channel,
            "seq": seq,
            "sent_at": wire_time(now),
            "link": link,
            "priority": priority,
            "requires_ack": alert is not None,
        }
        rows.append(
            Notification(
                id=identity,
                stream_id=channel,
                seq=seq,
                type=message["type"],
                body={**message, **added},
                alert=alert,
                created_at=now,
            )
        )
    Notification.objects.bulk_create(rows)
    after_commit(publish_rows, rows)
    return rows
