"""A person's notifications: what is unread, and marking it read in every tab and device at once."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from notifications.after_commit import after_commit
from notifications.channels import session_channel
from notifications.events import Json
from notifications.models import Notification
from notifications.publisher import publish
from notifications.receipts import mark


def unread_count(user: User) -> int:
    return Notification.objects.unread_by(user).count()


@transaction.atomic
def mark_seen(user: User, notifications: Iterable[Notification]) -> None:
    """Keep when the person saw each; what was seen before keeps its first time."""
    seen = [notification.pk for notification in notifications]
    if seen:
        mark("seen_at", [(pk, user.pk) for pk in seen])
        tell_own_pages(user, {"seen": [str(pk) for pk in seen]})


def mark_all_seen(user: User) -> None:
    mark_seen(user, Notification.objects.unread_by(user).may_be_waved_away())


def tell_own_pages(user: User, change: Json) -> None:
    """After the commit, an `updated` frame with the new unread count to the person's own sockets."""
    after_commit(_publish_updated, user, change)


def _publish_updated(user: User, change: Json) -> None:
    publish([(session_channel(user.pk), {"type": "updated", **change, "unread_count": unread_count(user)})])
