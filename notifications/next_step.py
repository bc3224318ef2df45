"""Who would be told next of an alert, by name: as cover and on-call rota stand for the time of its next step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from notifications.channels import recipient_of
from notifications.duty import Duty
from notifications.ladder import rungs, steps_left, time_of
from notifications.models import Alert, LadderStep, Notification

NAMED = 3
"""More names than that are counted."""


def say_who_is_next(alerts: Sequence[Alert], now: datetime | None = None) -> None:
    """Gives each of `alerts` its `next_words`, empty where the ladder has come to its end. Load their steps first."""
    now = now or timezone.now()
    climbing = [alert for alert in alerts if alert.waits and alert.deadline]
    latest = max((alert.deadline for alert in climbing if alert.deadline), default=now)
    duty, steps = Duty(climbing, now, max(now, latest)), rungs()
    told = _told_in_this_round(climbing)
    for alert in alerts:
        is_climbing = alert.waits and alert.deadline
        at = max(now, alert.deadline) if alert.deadline else now
        words = _words(alert, steps, duty, told.get(alert.pk, set()), at) if is_climbing else ""
        alert.next_words = words  # type: ignore[attr-defined]  # for the templates


def _told_in_this_round(alerts: Sequence[Alert]) -> dict[UUID, set[str | None]]:
    """Ids of the people told since the ladder of each last began."""
    rows = Notification.objects.filter(alert__in=alerts, created_at__gte=F("alert__asked_at"))
    told: dict[UUID, set[str | None]] = {}
    for alert_id, channel in rows.order_by().values_list("alert_id", "stream_id").distinct():
        told.setdefault(alert_id, set()).add(recipient_of(channel))
    return told


def _words(alert: Alert, steps: list[LadderStep], duty: Duty, told: set[str | None], at: datetime) -> str:
    """As it would climb: "Next: the covering doctor (nobody), so everyone on call and the administrators (Ada Min)"."""
    parts: list[str] = []
    for step in steps_left(alert, steps):
        audience = step.get_audience_display()
        if step.audience == LadderStep.Audience.BREACH:
            if not parts or time_of(alert, step) <= at:
                parts.append(audience)
            break
        people = {user.pk: user.full_name for _, user in duty.readers(alert, step, at)}
        fresh = [name for pk, name in people.items() if str(pk) not in told]
        parts.append(f"{audience} ({_names(fresh) or ('nobody new' if people else 'nobody')})")
        if fresh:
            break
    return f"Next: {', so '.join(parts)}" if parts else ""


def _names(names: list[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return ", ".join(names)
