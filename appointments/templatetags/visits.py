"""What any page about a visit may show of it."""

from typing import Any

from django import template

from accounts.web import person
from appointments.models import Appointment, Reminder, SlotOffer, WaitingEntry
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


@register.inclusion_tag("appointments/_wait_list_of.html", takes_context=True)
def wait_list_of(context: dict[str, Any], appointment: Appointment) -> dict[str, Any]:
    """Whether an earlier time is waited for or offered, and the way there for who may wait."""
    user = person(context["request"])
    entries = WaitingEntry.objects.open().filter(appointment=appointment)
    return {
        "appointment": appointment,
        "entry": entries.with_place().with_asked().first(),
        "may_wait": not WaitingEntry.why_not(appointment, user),
        "own": user.pk == appointment.patient_id,
    }


@register.inclusion_tag("appointments/_offers.html", takes_context=True)
def offers_to_reader(context: dict[str, Any]) -> dict[str, Any]:
    """What is kept for them just now."""
    offers = SlotOffer.objects.open().filter(entry__patient=person(context["request"]).pk).with_people()
    return {"offers": offers.order_by("expires_at")}


@register.simple_tag(takes_context=True)
def waited_for(context: dict[str, Any]) -> set[Any]:
    """Ids of the reader's own visits of which they want an earlier time."""
    own = WaitingEntry.objects.open().filter(patient=person(context["request"]).pk, appointment__isnull=False)
    return set(own.values_list("appointment_id", flat=True))
