"""Visits that are confirmed, and what became of their reminders."""

from appointments.models import Appointment, Reminder
from appointments.reminder_preferences import Way
from appointments.reminding import send_due
from notifications.models import Notification
from tests.appointments.making import requested


def confirmed(cast, at, patient=None, doctor=None) -> Appointment:
    appointment = requested(cast, patient, doctor, requested_time=at)
    appointment.confirm(by=(doctor or cast.smith).user)
    return appointment


def scan() -> int:
    return send_due(Way.NOTIFICATION) + send_due(Way.EMAIL)


def states(appointment) -> dict:
    """{(minutes, way): state} of what is planned for the time that the visit has."""
    rows = Reminder.objects.filter(appointment=appointment, visit_time=appointment.time)
    return {(row.lead_minutes, row.way): row.state for row in rows}


def notified(person=None) -> list[Notification]:
    found = Notification.objects.filter(type="appointment_reminder").order_by("created_at", "seq")
    return list(found.filter(stream__name__contains=str(person.pk)) if person else found)
