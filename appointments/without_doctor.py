"""Visits whose doctor no longer works here: whose it is to find another, and what is said of them."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from accounts.leaving import LeftBehind
from accounts.models import Doctor, User
from appointments.models import Appointment
from appointments.statuses import Status
from notifications.channels import admin_channel, doctor_channel
from notifications.dispatch import covering


def who_finds_another(doctor: Doctor) -> dict[UUID, str]:
    """Person id -> channel: of whoever covers the doctor now, and of the administrators where nobody does."""
    return who_find_another([doctor.pk])[doctor.pk]


def who_find_another(doctor_ids: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """Doctor id -> the same, of each."""
    covers = covering(doctor_ids)
    administrators = User.objects.filter(is_active=True, is_staff=True).values_list("pk", flat=True)
    instead = {pk: admin_channel(pk) for pk in administrators} if set(doctor_ids) - set(covers) else {}
    return {pk: {one: doctor_channel(one) for one in covers.get(pk, [])} or instead for pk in doctor_ids}


def left_behind(user: User) -> LeftBehind | None:
    """For whoever deactivates a doctor."""
    doctor = user.doctor_or_none
    count = Appointment.objects.without_doctor().filter(doctor=doctor).count() if doctor else 0
    if doctor is None or not count:
        return None
    visits = "1 visit needs" if count == 1 else f"{count} visits need"
    told = User.objects.filter(pk__in=who_finds_another(doctor))
    names = ", ".join(person.full_name for person in told)
    return LeftBehind(f"{visits} another doctor than {doctor.full_display_name}. Told of it: {names}.", path_of_list())


def requests_left_behind(user: User) -> LeftBehind | None:
    """As `left_behind`, of what nobody has answered."""
    count = Appointment.objects.asking_who_has_left().filter(doctor=user.pk).count()
    if not count:
        return None
    requests = "1 request to them waits" if count == 1 else f"{count} requests to them wait"
    words = (
        f"{requests} for an answer, by whoever covers them or by an administrator; nobody can confirm in their name."
    )
    return LeftBehind(words, f"{reverse('appointments:list')}?status={Status.REQUESTED}")


def path_of_list() -> str:
    return reverse("appointments:without_doctor")
