"""Whatever was committed is published: at once after its commit, or by the sweep when that did not happen.

A process can die between its commit and its publishing, and Redis can be away. The row is there, unpublished, and
the sweep takes it up. It claims rows with a lock that other sweeps skip, never by "id greater than the last".
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.models import Notification, WorkerBeat
from notifications.publisher import publish

BATCH = 500
MISSING_AFTER = timedelta(seconds=30)


def publish_rows(rows: Sequence[Notification]) -> bool:
    """Publish and remember that it was done. A death in between means once more, which readers drop by its id."""
    if not publish([(row.stream_id, row.body) for row in rows]):
        return False
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=timezone.now())
    return True


def sweep() -> int:
    """Publish what has waited too long; returns how many. Stops early where Redis does not answer."""
    published = 0
    while count := _sweep_batch():
        published += count
    return published


@transaction.atomic
def _sweep_batch() -> int:
    late = timezone.now() - timedelta(seconds=settings.NOTIFICATIONS_RELAY_AFTER_SECONDS)
    waiting = Notification.objects.filter(published_at=None, created_at__lt=late).order_by("created_at", "seq")
    rows = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    return len(rows) if rows and publish_rows(rows) else 0


def beat() -> None:
    """A worker is at work."""
    WorkerBeat.objects.update_or_create(pk=1, defaults={"at": timezone.now()})


def worker_is_missing() -> bool:
    return not WorkerBeat.objects.filter(at__gt=timezone.now() - MISSING_AFTER).exists()
