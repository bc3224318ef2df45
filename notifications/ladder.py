"""The ladder: while nobody has acknowledged an alert, the next person is told, and the next.

The clock is in the database. `escalate_due` is called every two seconds and takes every step whose time has come;
with every process down over a deadline, the step is taken at the next start. The alert's row is locked while a step
is taken, as it is while somebody acknowledges, so a race between the two has one outcome.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Doctor, User
from notifications.channels import admin_channel, doctor_channel, recipient_of
from notifications.events import ADDED_KEYS, Json
from notifications.mails import mail_those_who_are_away
from notifications.models import Alert, AlertStep, Cover, LadderStep, Notification, OnCall
from notifications.writing import write_and_publish

DEFAULT = [
    (0, LadderStep.Audience.ORDERING),
    (15, LadderStep.Audience.COVERING),
    (30, LadderStep.Audience.ON_CALL),
    (60, LadderStep.Audience.BREACH),
]
Reader = tuple[str, User]
"""A channel and the person who reads it."""


def begin(alert: Alert) -> bool:
    """Called in the transaction that tells the ordering doctor, once that is done: the first step is taken.

    False where the alert stands on the ladder already.
    """
    if alert.steps_taken:
        return False
    steps = rungs()
    first = bool(steps) and steps[0].audience == LadderStep.Audience.ORDERING
    alert.steps_taken = 1 if first else 0
    active = alert.doctor.user.is_active
    AlertStep.objects.create(
        alert=alert, audience=LadderStep.Audience.ORDERING, at=alert.asked_at, told=1 if active else 0
    )
    if active:
        mail_those_who_are_away([(doctor_channel(alert.doctor_id), alert.doctor.user)])
        _set_deadline(alert, steps)
    else:
        _climb(alert, steps, alert.asked_at)
    return True


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
    """Take the next step; one that reaches nobody new falls through to the one after it, at once."""
    for step in steps[alert.steps_taken :]:
        alert.steps_taken += 1
        if step.audience == LadderStep.Audience.BREACH:
            alert.breached_at = alert.breached_at or now
        told = _tell(alert, _readers(alert, step, now))
        AlertStep.objects.create(alert=alert, audience=step.audience, at=now, told=told)
        if told or step.audience == LadderStep.Audience.BREACH:
            break
    _set_deadline(alert, steps)


def _set_deadline(alert: Alert, steps: list[LadderStep]) -> None:
    left = steps[alert.steps_taken :]
    alert.deadline = alert.asked_at + minutes(left[0].after_minutes) if left else None
    alert.save(update_fields=["steps_taken", "deadline", "breached_at"])


def minutes(count: int) -> timedelta:
    """The ladder's minutes; a demo makes them shorter to have something to watch."""
    return timedelta(seconds=count * settings.ESCALATION_MINUTE_SECONDS)


def _readers(alert: Alert, step: LadderStep, now: datetime) -> list[Reader]:
    doctors = Doctor.objects.active().select_related("user")
    if step.audience == LadderStep.Audience.ORDERING:
        return _of_doctors(doctors.filter(pk=alert.doctor_id))
    if step.audience == LadderStep.Audience.COVERING:
        covers = Cover.objects.in_force(now).filter(doctor=alert.doctor_id)
        return _of_doctors(doctors.filter(pk__in=covers.values("covering")))
    if step.audience == LadderStep.Audience.ON_CALL:
        on_call = doctors.filter(pk__in=OnCall.objects.in_force(now).values("doctor"))
        administrators = User.objects.filter(is_active=True, is_staff=True)
        return _of_doctors(on_call) + [(admin_channel(user.pk), user) for user in administrators]
    return []


def _of_doctors(doctors: "QuerySet[Doctor]") -> list[Reader]:
    return [(doctor_channel(doctor.pk), doctor.user) for doctor in doctors]


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
    mail_those_who_are_away(list(fresh.values()))
    return len(fresh)


def told_in_this_round(alert: Alert) -> list[str]:
    """Channels of those who were told since the ladder last began."""
    told = Notification.objects.filter(alert=alert, created_at__gte=alert.asked_at)
    return list(told.order_by("stream_id").values_list("stream_id", flat=True).distinct())


def mail_readers_of(channels: Iterable[str]) -> None:
    """The e-mail of a step, to those of these readers who have no page open."""
    channel_of = {recipient_of(channel): channel for channel in channels}
    people = User.objects.filter(pk__in=[found for found in channel_of if found], is_active=True)
    mail_those_who_are_away([(channel_of[str(user.pk)], user) for user in people])


def rungs() -> list[LadderStep]:
    """The ladder as it stands. One that was emptied by mistake is the default, never silence."""
    return list(LadderStep.objects.all()) or [
        LadderStep(after_minutes=after, audience=audience) for after, audience in DEFAULT
    ]


def next_words(alert: Alert) -> str:
    """Who is told next: "Next: the covering doctor". Empty when the ladder has come to its end."""
    steps = rungs()[alert.steps_taken :]
    return f"Next: {steps[0].get_audience_display()}" if steps else ""
