"""Open pages that show what changed: a frame after the commit, which is not kept. What they show, they ask for."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from notifications.after_commit import after_commit
from notifications.channels import EVERY_SESSION, recipient_of, session_channel
from notifications.events import Json
from notifications.inbox import tell_own_pages
from notifications.models import Alert, Cover, Notification
from notifications.publisher import publish

ALERTS_TOPIC = "alerts"


def refresh(user_ids: Iterable[UUID], topic: str) -> None:
    """After the commit, have the open pages of these people refetch what shows `topic`. Nothing is kept."""
    after_commit(_publish_refresh, set(user_ids), topic)


def refresh_everyone(topic: str) -> None:
    """After the commit, have every open page refetch what shows `topic`: something that everyone may see."""
    after_commit(_publish_to_everyone, topic)


def refresh_administrators(topic: str) -> None:
    """As `refresh`, for every administrator. Who that is, is asked after the commit."""
    after_commit(_publish_refresh_to_administrators, topic)


def refresh_alert(alert: Alert) -> None:
    """After the commit, have every open page refetch that may show the alert. Asked then, when no row is locked."""
    after_commit(_publish_refresh_to_watchers, alert)


def tell_everyone_reached(alert: Alert) -> None:
    """After the commit, every page of everyone the alert has reached learns what became of it; others refetch."""
    told = list(Notification.objects.filter(alert=alert).values_list("pk", "stream_id"))
    fact = "acknowledged" if alert.acknowledged_at else "closed"
    if alert.acknowledged_at or alert.closed_at:
        change: Json = {fact: [str(pk) for pk, _ in told], "alert_id": str(alert.pk)}
        for user in User.objects.filter(pk__in=_people_behind(channel for _, channel in told)):
            tell_own_pages(user, change)
    refresh_alert(alert)


def watchers_of(alert: Alert) -> set[UUID]:
    """Ids of those whose pages may show it: the people it reached, its doctor, who covers them, administrators."""
    told = Notification.objects.filter(alert=alert).values_list("stream_id", flat=True).distinct()
    covering = Cover.objects.in_force().filter(doctor=alert.doctor_id).values_list("covering_id", flat=True)
    return {alert.doctor_id, *_people_behind(told), *_administrators(), *covering}


def _administrators() -> set[UUID]:
    return set(User.objects.filter(is_active=True, is_staff=True).values_list("pk", flat=True))


def _people_behind(channels: Iterable[str]) -> set[UUID]:
    return {UUID(found) for channel in channels if (found := recipient_of(channel))}


def _publish_refresh_to_watchers(alert: Alert) -> None:
    _publish_refresh(watchers_of(alert), ALERTS_TOPIC)


def _publish_refresh_to_administrators(topic: str) -> None:
    _publish_refresh(_administrators(), topic)


def _publish_refresh(user_ids: set[UUID], topic: str) -> None:
    publish([(session_channel(user_id), {"type": "refresh", "topic": topic}) for user_id in sorted(user_ids)])


def _publish_to_everyone(topic: str) -> None:
    publish([(EVERY_SESSION, {"type": "refresh", "topic": topic})])
