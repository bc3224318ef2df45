"""What any page about a visit may show of it."""

from typing import Any

from django import template

from accounts.web import person
from appointments.models import Appointment, Reminder
from appointments.reminders import State

register = template.Library()
MARKS: dict[str, tuple[str, str]] = {
    State.PENDING: ("", "calendar"),
    State.SENT: ("good", "check"),
    State.FAILED: ("action", "action"),
    State.MISSED: ("", "close"),
}


@register.inclusion_tag("appointments/_reminders.html", takes_context=True)
def reminders_of(context: dict[str, Any], appointment: Appointment) -> dict[str, Any]:
    """Those that the reader may see, for the time that the visit has."""
    user = person(context["request"])
    found = Reminder.objects.visible_to(user).of_now(appointment)
    return {
        "appointment": appointment,
        "reminders": [(reminder, *MARKS[reminder.state]) for reminder in found],
        "own": user.pk == appointment.patient_id,
        "user": user,
    }
