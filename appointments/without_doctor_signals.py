"""Who is told that a doctor no longer works here whom people are to visit, and which pages look again."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import active_changed
from appointments.models import Appointment
from appointments.signals import TOPIC, look_again_at, look_again_who_finds_another
from appointments.statuses import Status
from appointments.without_doctor import path_of_list, who_finds_another
from notifications.dispatch import notify, refresh
from notifications.events import VisitsWithoutDoctor


@receiver(active_changed)
def tell_of_who_left_or_came_back(user: User, **kwargs: Any) -> None:
    doctor = user.doctor_or_none
    if doctor is None:
        return
    coming = Appointment.objects.filter(doctor=doctor, status=Status.CONFIRMED).coming()
    refresh(coming.values_list("patient_id", flat=True), TOPIC)
    look_again_who_finds_another(doctor)
    look_again_at(user.pk)
    if not user.is_active:
        _tell(user)


def _tell(user: User) -> None:
    visits = list(Appointment.objects.without_doctor().filter(doctor=user.pk))
    if not visits:
        return
    event = VisitsWithoutDoctor(
        doctor_id=user.pk,
        doctor_name=user.doctor.display_name,
        visits=len(visits),
        next_time=visits[0].time,
    )
    channels = who_finds_another(user.doctor).values()
    notify([(channel, event) for channel in channels], link=path_of_list())
