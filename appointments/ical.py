"""A visit as calendar programs read it (RFC 5545, RFC 5546), in an invitation and in a feed.

UTC throughout: a visit happens once, so it needs no rules of a time zone. The sequence is the number of the line in
the visit's history, so it grows with every change and is the same in every copy; the request itself is number 0.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from accounts.models import User
from appointments.models import Appointment
from appointments.reminder_mails import address_of, sender_address

PROGRAM = "-//HealthHub//Appointments//EN"


def uid_of(appointment_id: UUID) -> str:
    """The same for as long as there are calendars; no part of it depends on where HealthHub runs."""
    return f"appointment-{appointment_id}@healthhub"


def calendar(method: str) -> Calendar:
    made = Calendar()
    made.add("prodid", PROGRAM)
    made.add("version", "2.0")
    made.add("method", method)
    return made


def plain_summary() -> str:
    """Without a word of what it is about or with whom."""
    return f"Appointment, {settings.CLINIC_NAME}"


def visit(
    appointment: Appointment,
    begins: datetime,
    *,
    status: str,
    sequence: int,
    changed: datetime,
    summary: str = "",
    about: str = "",
) -> Event:
    """Where and when; of what it is about, and with whom, only what `summary` and `about` say."""
    made = Event()
    made.add("uid", uid_of(appointment.pk))
    made.add("sequence", sequence)
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("dtstart", begins)
    made.add("dtend", begins + timedelta(minutes=appointment.kind.minutes))
    made.add("summary", summary or plain_summary())
    made.add("description", f"{about}\n\n{address_of(appointment)}".strip())
    made.add("location", settings.CLINIC_NAME)
    made.add("url", address_of(appointment))
    made.add("status", status)
    made.add("class", "PRIVATE")
    return made


def between_clinic_and(made: Event, person: User) -> None:
    """Who invites whom. Nobody is asked for an answer: the visit is agreed already."""
    made.add("organizer", _address(sender_address(), settings.CLINIC_NAME))
    attendee = _address(person.email, person.full_name)
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    made.add("attendee", attendee)


def _address(email: str, name: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{email}")
    made.params["CN"] = name
    return made
