from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.channels import channels_for, doctor_channel

UNANSWERED = Q(alert__isnull=False, alert__acknowledged_at=None, alert__closed_at=None)


def about_oneself(user: User) -> Q:
    """Of the alerts, those whose patient the person is: a role does not show them a value before it is released.

    Whoever ordered it for themselves is asked as its doctor.
    """
    return Q(patient=user.pk) & ~Q(doctor=user.pk)


class NotificationQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What stands on the person's own channels; of everyone's, what came since they joined."""
        return self.filter(stream__in=channels_for(user), created_at__gte=user.date_joined)

    def kept(self) -> Self:
        """What can still be replayed: within retention, and whatever belongs to an open alert, however old."""
        since = timezone.now() - timedelta(days=settings.NOTIFICATIONS_RETENTION_DAYS)
        return self.filter(Q(created_at__gte=since) | Q(alert__isnull=False, alert__closed_at=None))

    def unread_by(self, user: User) -> Self:
        return self.visible_to(user).exclude(self._seen_by(user))

    def to_acknowledge(self) -> Self:
        return self.filter(UNANSWERED)

    def may_be_waved_away(self) -> Self:
        """All but those to acknowledge: they are answered, not marked as read."""
        return self.exclude(UNANSWERED)

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
        return self.filter(Exists(told)).exclude(about_oneself(user))

    def patients_of_open_ones_that_reached(self, doctor_id: UUID) -> QuerySet[Any]:
        """Whom an alert has reached may see its patient while it is open."""
        from notifications.models import Notification

        told = Notification.objects.filter(alert=OuterRef("pk"), stream=doctor_channel(doctor_id))
        return self.open().filter(Exists(told)).values("patient_id")

    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None, closed_at=None)

    def open(self) -> Self:
        """Not answered yet: acknowledged and acted upon is what closes one."""
        return self.filter(closed_at=None)

    def due(self, now: datetime) -> Self:
        """Those whose next step is to be taken."""
        return self.unacknowledged().filter(deadline__lte=now).order_by("deadline", "id")

    def visible_to(self, user: User) -> Self:
        """A doctor's own, those they cover and those that reached them; an administrator's all. Of oneself none."""
        others = self.exclude(about_oneself(user))
        if user.is_administrator:
            return others
        from notifications.models import Cover

        covered = Cover.objects.in_force().filter(covering=user.pk).values("doctor")
        own = Q(doctor=user.pk) | Q(doctor__in=covered)
        return others.filter(own | Q(pk__in=self.model.objects.reached(user).values("pk")))


class InForceQuerySet(QuerySet[Any]):
    def in_force(self, at: datetime | None = None) -> Self:
        """What holds now: from its beginning until just before its end."""
        now = at or timezone.now()
        return self.within(now, now)

    def within(self, since: datetime, until: datetime) -> Self:
        """What holds at some time from `since` to `until`, which counts too."""
        return self.filter(begins__lte=until, ends__gt=since)
