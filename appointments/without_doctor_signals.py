"""Who is told that a doctor no longer works here whom people are to visit, and which pages look again."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import active_changed
from appointments.models import Appointment, ToldOfLeaver
from appointments.signals import TOPIC, look_again_at, look_again_who_finds_another
from appointments.statuses import MOVABLE
from appointments.without_doctor_telling import tell_who_finds_another
from notifications.dispatch import refresh


@receiver(active_changed)
def tell_of_who_left_or_came_back(user: User, **kwargs: Any) -> None:
    doctor = user.doctor_or_none
    if doctor is None:
        return
    coming = Appointment.objects.filter(doctor=doctor, status__in=MOVABLE).coming()
    refresh(coming.values_list("patient_id", flat=True), TOPIC)
    look_again_who_finds_another(doctor)
    look_again_at(user.pk)
    if user.is_active:
        ToldOfLeaver.objects.close(doctor)
    else:
        tell_who_finds_another(doctor)
