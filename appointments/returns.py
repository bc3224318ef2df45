"""A request that nobody answers comes back to its doctor, and then goes to whoever covers them.

`bring_back_due` asks the database whose time has come, by when each was last asked for: no job can be missed, and with
every process down over a deadline it is done at the next start. The request is locked meanwhile, as it is while
somebody answers it, so a race between the two has one outcome. models.py makes the fact known to Django.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.facts import Fact
from accounts.models import User
from appointments.statuses import Status
from appointments.waiting_times import WaitingTimes
from notifications.channels import admin_channel, doctor_channel
from notifications.dispatch import covering, hold

if TYPE_CHECKING:
    from appointments.models import Appointment


class Audience(models.TextChoices):
    DOCTOR = "doctor", "its doctor"
    COVER = "cover", "the covering doctor"
    ADMINISTRATOR = "administrator", "an administrator"


Person = tuple[UUID, Audience]


class ReturnQuerySet(QuerySet[Any]):
    def standing(self) -> Self:
        """Of requests that still wait: neither answered nor moved since."""
        return self.filter(appointment__status=Status.REQUESTED, asked_at=F("appointment__asked_at"))

    def update(self, **kwargs: Any) -> int:
        raise TypeError("That a request came back is only ever added.")


class RequestReturn(Fact):
    """That a request came back to somebody, who may answer it as long as it waits. Its saving tells them."""

    appointment = models.ForeignKey("appointments.Appointment", on_delete=models.PROTECT, related_name="returns")
    asked_at = models.DateTimeField(help_text="Since when it waited.")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=13, choices=Audience)
    at = models.DateTimeField()

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "asked_at", "to"], name="request_comes_back_to_each_once"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="return_audience_in_set"),
        ]
        indexes = [models.Index(fields=["to", "at"], name="request_returns_to")]

    def __str__(self) -> str:
        return f"To {self.get_audience_display()}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def channel(self) -> str:
        return admin_channel(self.to_id) if self.audience == Audience.ADMINISTRATOR else doctor_channel(self.to_id)


def bring_back_due(now: datetime | None = None) -> int:
    """Tell everyone whose turn has come; returns how many requests came back. Any number of workers may call it."""
    now = now or timezone.now()
    return sum(_bring_back(request, people, now) for request, people in _whose_turn_it_is(now))


def has_come_to(appointment: "Appointment", user: User) -> bool:
    """Whether it waits for this person too, who is not its doctor."""
    return RequestReturn.objects.standing().filter(appointment=appointment.pk, to=user).exists()


def _whose_turn_it_is(now: datetime) -> list[tuple["Appointment", list[Person]]]:
    """A constant number of questions, however many wait."""
    from appointments.models import Appointment

    times = WaitingTimes.current()
    told = Prefetch("returns", queryset=RequestReturn.objects.standing(), to_attr="told")
    late = Appointment.objects.filter(status=Status.REQUESTED, asked_at__lte=now - times.comes_back_after)
    waiting = list(late.order_by("asked_at", "pk").select_related("doctor__user").prefetch_related(told))
    passed_on = {row.pk: row.doctor_id for row in waiting if _leaves_its_doctor(row, times, now)}
    covers = covering(passed_on.values())
    administrators = list(User.objects.filter(is_active=True, is_staff=True).values_list("pk", flat=True))
    found: list[tuple[Appointment, list[Person]]] = []
    for row in waiting:
        people = [(row.doctor_id, Audience.DOCTOR)] if row.doctor.user.is_active else []
        if row.pk in passed_on:
            people += _instead(row.told, covers.get(row.doctor_id, []), administrators)
        known = {entry.to_id for entry in row.told}
        if new := [person for person in people if person[0] not in known]:
            found.append((row, new))
    return found


def _leaves_its_doctor(request: "Appointment", times: WaitingTimes, now: datetime) -> bool:
    """One who no longer works here is not waited for."""
    return not request.doctor.user.is_active or request.asked_at <= now - times.to_the_cover_after


def _instead(told: Iterable[RequestReturn], covers: list[UUID], administrators: list[UUID]) -> list[Person]:
    """Whoever covers now, and the administrators where nobody does, or does any more: those of one time, as one."""
    if covers:
        return [(pk, Audience.COVER) for pk in covers]
    if any(entry.audience == Audience.ADMINISTRATOR and entry.to_id in administrators for entry in told):
        return []
    return [(pk, Audience.ADMINISTRATOR) for pk in administrators]


@transaction.atomic
def _bring_back(seen: "Appointment", people: list[Person], now: datetime) -> bool:
    locked = type(seen)._default_manager.select_for_update(of=("self",), skip_locked=True).filter(pk=seen.pk)
    request = locked.filter(status=Status.REQUESTED, asked_at=seen.asked_at).first()
    if request is None:  # answered meanwhile, or another worker is at it
        return False
    known = set(RequestReturn.objects.standing().filter(appointment=request).values_list("to", flat=True))
    new = [
        RequestReturn(appointment=request, asked_at=request.asked_at, to_id=pk, audience=audience, at=now)
        for pk, audience in people
        if pk not in known
    ]
    hold(entry.channel for entry in new)
    for entry in new:
        entry.save()
    return bool(new)
