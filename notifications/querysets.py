from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from notifications.channels import channels_for


class NotificationQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What stands on the person's own channels; of everyone's, what came since they joined."""
        return self.filter(stream__in=channels_for(user), created_at__gte=user.date_joined)

    def unread_by(self, user: User) -> Self:
        return self.visible_to(user).exclude(self._seen_by(user))

    def with_seen_by(self, user: User) -> Self:
        """Each row gains `seen`: whether the person has seen it."""
        return self.annotate(seen=self._seen_by(user))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-seq", "id")

    def _seen_by(self, user: User) -> Exists:
        from notifications.models import Receipt

        return Exists(Receipt.objects.filter(notification=OuterRef("pk"), user=user, seen_at__isnull=False))


class AlertQuerySet(QuerySet[Any]):
    def reached(self, user: User) -> Self:
        """Alerts that one of the person's own channels carries: those they may see and acknowledge."""
        from notifications.models import Notification

        told = Notification.objects.filter(alert=OuterRef("pk"), stream__in=channels_for(user))
        return self.filter(Exists(told))

    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None, closed_at=None)
