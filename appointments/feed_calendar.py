"""What stands in a person's feed: the visits of the last 90 days and all to come, those that are off left out."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from icalendar import Event

from accounts.models import User
from appointments.feeds import CalendarFeed
from appointments.ical import calendar, plain_summary, visit
from appointments.models import Appointment
from appointments.statuses import Status

PAST = timedelta(days=90)
OFF = (Status.CANCELLED, Status.NO_SHOW)
HOUR = timedelta(hours=1)
VERSION = 1
"""Of how a visit is written; another one has every program fetch all anew."""


def as_ical(feed: CalendarFeed, visits: Sequence[Any]) -> bytes:
    made = calendar("PUBLISH")
    made.add("name", "Appointments")
    made.add("x-wr-calname", "Appointments")
    made.add("refresh-interval", HOUR, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for appointment in visits:
        made.add_component(_event(appointment, feed))
    return made.to_ical()


def fingerprint(feed: CalendarFeed, visits: Sequence[Any]) -> str:
    """Another one whenever a byte of it would be another; far less work, and most that ask have the present one."""
    shown = [
        (
            _but(visit),
            _in_words(visit, feed),
            visit.pk,
            visit.time,
            visit.status,
            visit.lines,
            visit.changed,
            visit.kind.minutes,
        )
        for visit in visits
    ]
    whole = repr((VERSION, settings.CLINIC_NAME, settings.ALLOWED_ORIGINS[0], shown))
    return hashlib.sha256(whole.encode()).hexdigest()


def visits_of(person: User) -> QuerySet[Any]:
    """As patient and as doctor, with `changed` (when) and `lines` (of their history); no wish that time has passed."""
    now = timezone.now()
    own = Q(patient=person.pk) | Q(doctor=person.pk)
    late_wish = Q(status=Status.REQUESTED, requested_time__lt=now)
    found = Appointment.objects.filter(own).between(now - PAST, None).exclude(late_wish).exclude(status__in=OFF)
    return found.with_people().by_time().annotate(lines=Count("history"), changed=Max("history__at"))


def _event(appointment: Any, feed: CalendarFeed) -> Event:
    summary, about = _in_words(appointment, feed)
    return visit(
        appointment,
        appointment.time,
        status="TENTATIVE" if _but(appointment) else "CONFIRMED",
        sequence=appointment.lines - 1,
        changed=appointment.changed,
        summary=f"{_but(appointment)}{summary}",
        about=about,
    )


def _but(appointment: Any) -> str:
    """Why it may not be as planned."""
    if appointment.status == Status.REQUESTED:
        return "Not confirmed yet: "
    return "Needs another doctor: " if appointment.needs_another_doctor else ""


def _in_words(appointment: Any, feed: CalendarFeed) -> tuple[str, str]:
    """A person may let their own health out of the house; a doctor has no patient's to give away."""
    if not feed.with_details:
        return plain_summary(), ""
    if appointment.patient_id == feed.person_id:
        return f"{appointment.kind.name} with {appointment.doctor.full_display_name}", appointment.reason
    return f"{appointment.kind.name}, {settings.CLINIC_NAME}", ""
