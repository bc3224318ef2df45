"""Telling people that it is theirs to find another doctor for the visits of one who left: each once for each time."""

from django.db import transaction

from accounts.models import Doctor, User
from appointments.models import Appointment, ToldOfLeaver
from appointments.signals import TOPIC
from appointments.without_doctor import path_of_list, who_find_another, who_finds_another
from notifications.dispatch import notify, refresh
from notifications.events import VisitsWithoutDoctor


def tell_whose_turn_it_is() -> int:
    """As it is now, so that no end of a cover goes by unnoticed: how many were told. Any number may call it."""
    left = Doctor.objects.filter(pk__in=Appointment.objects.without_doctor().order_by().values("doctor"))
    doctors = {doctor.pk: doctor for doctor in left.select_related("user")}
    known = set(ToldOfLeaver.objects.standing().filter(doctor__in=doctors).values_list("doctor_id", "to_id"))
    turns = who_find_another(doctors)
    not_told = [doctor for pk, doctor in doctors.items() if any((pk, one) not in known for one in turns[pk])]
    return sum(tell_who_finds_another(doctor) for doctor in not_told)


@transaction.atomic
def tell_who_finds_another(doctor: Doctor) -> int:
    """How many were told. The account's row is locked: one of several workers tells them, and not while the doctor
    comes back.
    """
    if User.objects.select_for_update(no_key=True).get(pk=doctor.pk).is_active:
        return 0
    visits = list(Appointment.objects.without_doctor().filter(doctor=doctor))
    known = set(ToldOfLeaver.objects.standing().filter(doctor=doctor).values_list("to_id", flat=True))
    new = {pk: channel for pk, channel in who_finds_another(doctor).items() if pk not in known}
    if not (visits and new):
        return 0
    ToldOfLeaver.objects.bulk_create([ToldOfLeaver(doctor=doctor, to_id=pk) for pk in new])
    event = VisitsWithoutDoctor(
        doctor_id=doctor.pk,
        doctor_name=doctor.display_name,
        visits=len(visits),
        next_time=visits[0].time,
    )
    refresh(new, TOPIC)
    notify([(channel, event) for channel in new.values()], link=path_of_list())
    return len(new)
