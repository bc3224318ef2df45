"""Delivered and seen: two facts, each with who and when. The first time stands, in whatever order they come."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import connection
from django.utils import timezone

Fact = Literal["delivered_at", "seen_at"]
MARK = """
    INSERT INTO notifications_receipt (notification_id, user_id, {fact})
    SELECT pair.notification_id, pair.user_id, %s
    FROM unnest(%s::uuid[], %s::uuid[]) AS pair (notification_id, user_id)
    JOIN notifications_notification ON notifications_notification.id = pair.notification_id
    ORDER BY 1, 2
    ON CONFLICT (notification_id, user_id)
    DO UPDATE SET {fact} = excluded.{fact} WHERE notifications_receipt.{fact} IS NULL
"""


def mark(fact: Fact, pairs: Collection[tuple[UUID | str, UUID]], at: datetime | None = None) -> None:
    """Keep the fact for each (notification id, person's id), in one statement. What does not exist is passed over."""
    if not pairs:
        return
    unique = sorted({(str(notification_id), str(user_id)) for notification_id, user_id in pairs})
    notifications, users = zip(*unique, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(fact=fact), [at or timezone.now(), list(notifications), list(users)])
