"""Who stands on a step of the ladder at a given time. One rule, for the step that is taken and for the page that says
who would be told; the same few questions for any number of alerts.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from accounts.models import Doctor, User
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Alert, Cover, LadderStep, OnCall

Reader = tuple[str, User]
"""A channel and the person who reads it."""
Turn = TypeVar("Turn", Cover, OnCall)


class Duty:
    """The cover and the on-call rota that concern `alerts`, from `since` until `until`, which counts too."""

    def __init__(self, alerts: Iterable[Alert], since: datetime, until: datetime) -> None:
        self._doctor_ids: set[UUID] = {alert.doctor_id for alert in alerts}
        self._since, self._until = since, until

    def readers(self, alert: Alert, step: LadderStep, at: datetime) -> list[Reader]:
        """Those of the step who could be told `at` that time, whether they were told before or not.

        Never who is the patient, whatever their role, unless they ordered it for themselves.
        """
        own = alert.patient_id if alert.patient_id != alert.doctor_id else None
        return [(channel, user) for channel, user in self._standing_on(alert, step, at) if user.pk != own]

    def _standing_on(self, alert: Alert, step: LadderStep, at: datetime) -> list[Reader]:
        if step.audience == LadderStep.Audience.ORDERING:
            return _of_doctors([alert.doctor] if alert.doctor.user.is_active else [])
        if step.audience == LadderStep.Audience.COVERING:
            own = [cover for cover in self._covers if cover.doctor_id == alert.doctor_id]
            return _of_doctors(cover.covering for cover in _in_force(own, at))
        if step.audience == LadderStep.Audience.ON_CALL:
            return _of_doctors(turn.doctor for turn in _in_force(self._on_call, at)) + self._administrators
        return []

    @cached_property
    def _covers(self) -> list[Cover]:
        active = Cover.objects.within(self._since, self._until).filter(covering__user__is_active=True)
        return list(active.filter(doctor__in=self._doctor_ids).select_related("covering__user"))

    @cached_property
    def _on_call(self) -> list[OnCall]:
        active = OnCall.objects.within(self._since, self._until).filter(doctor__user__is_active=True)
        return list(active.select_related("doctor__user"))

    @cached_property
    def _administrators(self) -> list[Reader]:
        return [(admin_channel(user.pk), user) for user in User.objects.filter(is_active=True, is_staff=True)]


def _in_force(turns: list[Turn], at: datetime) -> list[Turn]:
    return [turn for turn in turns if turn.begins <= at < turn.ends]


def _of_doctors(doctors: Iterable[Doctor]) -> list[Reader]:
    return [(doctor_channel(doctor.pk), doctor.user) for doctor in doctors]
