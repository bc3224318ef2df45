"""Who is told when an appointment's history gains a line, and which pages look again. Decides nothing: the design's
table does.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Doctor
from appointments.models import (
    Absence,
    Appointment,
    AppointmentStatusChange,
    AvailabilityRule,
    BookedTime,
    RequestReturn,
    VisitKind,
)
from appointments.statuses import Status
from appointments.without_doctor import who_finds_another
from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import notify, refresh, refresh_administrators, refresh_everyone
from notifications.events import AppointmentRequested, AppointmentRequestWaiting, AppointmentStatusChanged

TOPIC = "appointments"
CALENDARS = "calendar"
"""Of all doctors; `calendar:<doctor id>` of one."""


@receiver(post_save, sender=AppointmentStatusChange)
def tell_people(instance: AppointmentStatusChange, raw: bool = False, **kwargs: Any) -> None:
    if raw:  # a fixture being loaded is no news
        return
    _tell_of_request(instance) if not instance.from_status else _tell_of_step(instance)
    look_again_at(instance.appointment.doctor_id)


def _tell_of_request(change: AppointmentStatusChange) -> None:
    appointment = change.appointment
    event = AppointmentRequested(
        appointment_id=appointment.pk,
        patient_name=appointment.patient.full_name,
        reason=appointment.reason,
        requested_time=appointment.requested_time,
    )
    notify([(doctor_channel(appointment.doctor_id), event)], link=appointment.get_absolute_url())
    refresh([appointment.patient_id], TOPIC)  # a follow-up that the doctor asked for, or the patient's other tab
    refresh_administrators(TOPIC)


def _tell_of_step(change: AppointmentStatusChange) -> None:
    appointment = change.appointment
    event = AppointmentStatusChanged(
        appointment_id=appointment.pk,
        new_status=Status(change.to_status).on_the_wire,
        scheduled_time=appointment.scheduled_time,
    )
    channels = [patient_channel(appointment.patient_id), doctor_channel(appointment.doctor_id)]
    notify([(channel, event) for channel in channels], link=appointment.get_absolute_url())
    before = change.doctor_until_then()
    if not before.user.is_active:
        look_again_who_finds_another(before)
        look_again_at(before.pk)
    if change.from_status == Status.REQUESTED:  # whomever it had come to is rid of it
        refresh(appointment.returns.values_list("to", flat=True), TOPIC)
        refresh_administrators(TOPIC)


def look_again_who_finds_another(doctor: Doctor) -> None:
    """Their lists of visits whose doctor no longer works here."""
    refresh(who_finds_another(doctor), TOPIC)
    refresh_administrators(TOPIC)


@receiver(post_save, sender=RequestReturn)
def tell_that_it_waits(instance: RequestReturn, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    appointment = instance.appointment
    event = AppointmentRequestWaiting(
        appointment_id=appointment.pk,
        patient_name=appointment.patient.full_name,
        doctor_name=appointment.doctor.display_name,
        reason=appointment.reason,
        requested_time=appointment.requested_time,
        asked_time=instance.asked_at,
    )
    notify([(instance.channel, event)], link=appointment.get_absolute_url())
    refresh_administrators(TOPIC)


@receiver(post_save, sender=Appointment)
def tell_of_arrival(instance: Appointment, update_fields: Any = None, **kwargs: Any) -> None:
    """A fact beside the status: pages show it, and nobody is interrupted."""
    if update_fields and "checked_in_at" in update_fields:
        refresh([instance.patient_id, instance.doctor_id], TOPIC)
        look_again_at(instance.doctor_id)


@receiver([post_save, post_delete], sender=BookedTime)
def tell_of_holds(instance: BookedTime, raw: bool = False, **kwargs: Any) -> None:
    """Made, given back or run out; what becomes of an appointment's time is in its history."""
    if instance.held_until and not raw:
        look_again_at(instance.doctor_id)


@receiver([post_save, post_delete], sender=AvailabilityRule)
@receiver([post_save, post_delete], sender=Absence)
@receiver([post_save, post_delete], sender=VisitKind)
def tell_of_availability(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        look_again_at(getattr(instance, "doctor_id", None))


def look_again_at(doctor_id: Any) -> None:
    """Every page that shows what is free or taken of the doctor, or of all of them."""
    refresh_everyone(f"{CALENDARS}:{doctor_id}" if doctor_id else CALENDARS)
