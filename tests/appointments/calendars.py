"""What a calendar program reads of an e-mail or a feed."""

from uuid import UUID

from icalendar import Calendar
from procrastinate.contrib.django.models import ProcrastinateJob

from appointments import invitation_mails

TASK = "appointments.tasks.send_invitation"


def waiting() -> list[dict]:
    """The e-mails that were left to be sent, in order."""
    return list(ProcrastinateJob.objects.filter(task_name=TASK).order_by("id").values_list("args", flat=True))


def deliver(*, start: int = 0) -> int:
    """Send what is waiting, as the worker does; returns how many there were."""
    jobs = waiting()[start:]
    for job in jobs:
        invitation_mails.send(job["change_id"], UUID(job["person_id"]))
    return len(jobs)


def part_for_calendars(letter):
    (part,) = [part for part in letter.message().walk() if part.get_content_type() == "text/calendar"]
    return part


def read(letter):
    """(the calendar, its one event)"""
    read = Calendar.from_ical(part_for_calendars(letter).get_payload(decode=True))
    (event,) = read.walk("VEVENT")
    assert event.errors == []
    return read, event
