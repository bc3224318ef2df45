"""The ladder: while nobody has acknowledged an alert, the next person is told, and the next.

The clock is in the database. `escalate_due` is called every two seconds and takes every step whose time has come;
with every process down over a deadline, the step is taken at the next start. The alert's row is locked while a step
is taken, as it is while somebody acknowledges, so a race between the two has one outcome.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.channels import recipient_of
from notifications.duty import Duty, Reader
from notifications.events import ADDED_KEYS, Json
from notifications.mails import mail_those_who_are_away
from notifications.models import Alert, AlertStep, LadderStep, Notification
from notifications.pages import refresh_alert
from notifications.writing import write_and_publish

DEFAULT = [
    (0, LadderStep.Audience.ORDERING),
    (15, LadderStep.Audience.COVERING),
    (30, LadderStep.Audience.ON_CALL),
    (60, LadderStep.Audience.BREACH),
]


def begin(alert: Alert) -> None:
    """Called in the transaction that tells the ordering doctor, once that is done: the first step is taken."""
    active = alert.doctor.user.is_active
    AlertStep.objects.create(
        alert=alert, audience=LadderStep.Audience.ORDERING, at=alert.asked_at, told=1 if active else 0
    )
    if active:
        _set_deadline(alert, rungs())
    else:
        _climb(alert, rungs(), alert.asked_at)


def escalate_due(now: datetime | None = None) -> int:
    """Take every step whose time has come; returns how many alerts moved. Any number of workers may call it."""
    moved = 0
    while _escalate_one(now or timezone.now()):
        moved += 1
    return moved


@transaction.atomic
def _escalate_one(now: datetime) -> bool:
    alert = Alert.objects.due(now).select_for_update(skip_locked=True).first()
    if alert is None:
        return False
    _climb(alert, rungs(), now)
    return True


def _climb(alert: Alert, steps: list[LadderStep], now: datetime) -> None:
    """Take the next step; one that reaches nobody new falls through to the one after it, at once.

    A breach does not: that nobody has answered in its time is not known before.
    """
    duty = Duty([alert], now, now)
    for step in steps_left(alert, steps):
        breach = step.audience == LadderStep.Audience.BREACH
        if breach and now < time_of(alert, step):
            break
        alert.climbed_minutes = max(alert.climbed_minutes, step.after_minutes)
        told = _tell(alert, duty.readers(alert, step, now))
        AlertStep.objects.create(alert=alert, audience=step.audience, at=now, told=told)
        if breach:
            alert.breached_at = alert.breached_at or now
        if told or breach:
            break
    _set_deadline(alert, steps)
    refresh_alert(alert)


def _set_deadline(alert: Alert, steps: list[LadderStep]) -> None:
    alert.deadline = _next_time(alert, steps)
    alert.save(update_fields=["climbed_minutes", "deadline", "breached_at"])


def steps_left(alert: Alert, steps: list[LadderStep]) -> list[LadderStep]:
    """Those above where it stands, and one below whose people were never told: it was moved or added meanwhile."""
    taken = {step.audience for step in alert.steps.all() if step.at >= alert.asked_at}
    return [step for step in steps if step.after_minutes > alert.climbed_minutes or step.audience not in taken]


def time_of(alert: Alert, step: LadderStep) -> datetime:
    return alert.asked_at + minutes(step.after_minutes)


@transaction.atomic
def ladder_changed() -> None:
    """Whoever is on the ladder now climbs it as it stands now: the next step has the time that it has today."""
    steps = rungs()
    waiting = Alert.objects.unacknowledged().order_by("pk").select_for_update(of=("self",)).prefetch_related("steps")
    moved = []
    for alert in waiting:
        deadline = _next_time(alert, steps)
        if deadline != alert.deadline:
            alert.deadline = deadline
            moved.append(alert)
            refresh_alert(alert)
    Alert.objects.bulk_update(moved, ["deadline"])


def _next_time(alert: Alert, steps: list[LadderStep]) -> datetime | None:
    left = steps_left(alert, steps)
    return time_of(alert, left[0]) if left else None


def minutes(count: int) -> timedelta:
    """The ladder's minutes; a demo makes them shorter to have something to watch."""
    return timedelta(seconds=count * settings.ESCALATION_MINUTE_SECONDS)


def _tell(alert: Alert, readers: list[Reader]) -> int:
    """One more notification, as the newest was, for each who was not told since the ladder began; nobody twice."""
    told = {recipient_of(channel) for channel in told_in_this_round(alert)}
    fresh: dict[UUID, Reader] = {user.pk: (channel, user) for channel, user in readers if str(user.pk) not in told}
    newest = Notification.objects.filter(alert=alert).order_by("-created_at", "-seq").first()
    if not fresh or newest is None:
        return 0
    message: Json = {key: value for key, value in newest.body.items() if key not in ADDED_KEYS}
    messages = [(channel, message, "critical") for channel, _ in fresh.values()]
    write_and_publish(messages, link=alert.link, alert=alert)
    mail_those_who_are_away(channel for channel, _ in fresh.values())
    return len(fresh)


def told_in_this_round(alert: Alert) -> list[str]:
    """Channels of those who were told since the ladder last began."""
    told = Notification.objects.filter(alert=alert, created_at__gte=alert.asked_at)
    return list(told.order_by("stream_id").values_list("stream_id", flat=True).distinct())


def rungs() -> list[LadderStep]:
    """The ladder as it stands. One that was emptied by mistake is the default, never silence."""
    return list(LadderStep.objects.all()) or [
        LadderStep(after_minutes=after, audience=audience) for after, audience in DEFAULT
    ]
