"""Appointments in any state, made through their verbs."""

from datetime import timedelta
from html import unescape

from django.utils import timezone

from appointments.models import Appointment
from appointments.statuses import Status


def in_days(days: float):
    return (timezone.now() + timedelta(days=days)).replace(microsecond=0)


def requested(cast, patient=None, doctor=None, **fields):
    patient, doctor = patient or cast.alice, doctor or cast.smith
    asked = {"requested_time": in_days(3), "reason": "Annual checkup", **fields}
    return Appointment.request(by=patient.user, patient=patient, doctor=doctor, **asked)


def in_status(cast, status, *, past: bool = False):
    """One that has come as far as `status`; `past` moves its time behind us."""
    appointment, by = requested(cast), cast.smith.user
    steps = {
        Status.REQUESTED: [],
        Status.CONFIRMED: ["confirm"],
        Status.IN_PROGRESS: ["confirm", "start"],
        Status.COMPLETED: ["confirm", "start", "complete"],
        Status.CANCELLED: ["cancel"],
        Status.NO_SHOW: ["confirm", "mark_no_show"],
    }[Status(status)]
    for step in steps:
        if step == "mark_no_show":
            let_time_pass(appointment)
        getattr(appointment, step)(by=by)
    if past:
        let_time_pass(appointment)
    return appointment


def let_time_pass(appointment):
    Appointment.objects.filter(pk=appointment.pk).update(scheduled_time=in_days(-1))
    appointment.refresh_from_db()


def at(days: float):
    """A time as the browser's picker sends it."""
    return timezone.localtime(in_days(days)).strftime("%Y-%m-%dT%H:%M")


def words_of(answer):
    return unescape(answer.content.decode())
