"""Reminders: what is planned when a visit gets its time, and what is sent when that has come.

The truth is the appointment: what stands in a row is looked at again when it is due. So a row that another
transaction has in hand may be passed over by both sides, and neither waits for a mail server.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from appointments.models import Appointment
from appointments.reminder_mails import mail_reminder
from appointments.reminder_preferences import ReminderPreferences, Role, Way, preferences_of
from appointments.reminders import WAITING, Reminder, State
from appointments.statuses import Status
from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import notify, refresh
from notifications.events import AppointmentReminder, AppointmentReminderWithoutDoctor

logger = logging.getLogger(__name__)
TOPIC = "appointments"
LONGEST_PAUSE = timedelta(hours=1)
SAID_SO = "It says that the doctor no longer works here."
LONGEST_SCAN = 45.0  # seconds; there is one every minute
CHANNEL: dict[str, Callable[..., str]] = {Role.PATIENT: patient_channel, Role.DOCTOR: doctor_channel}


def plan(*appointments: Appointment) -> None:
    """Rows for the visits as they stand, and none for what they were. Call it where the appointments are locked.

    A lead time that has passed already is not planned: who gets a visit an hour ahead is told of that, not reminded.
    """
    now = timezone.now()
    wanted = {row.key: row for row in _wanted(appointments)}
    gone, again = [], []
    standing = Reminder.objects.filter(appointment__in=appointments)
    for row in standing.select_for_update(skip_locked=True, of=("self",)):
        same = wanted.pop(row.key, None)
        if same and row.state == State.GONE and row.due > now:
            again.append(row.pk)
        elif same is None and row.state in WAITING:
            gone.append(row.pk)
    if gone:
        Reminder.objects.filter(pk__in=gone).update(state=State.GONE, why="")
    if again:
        Reminder.objects.filter(pk__in=again).update(state=State.PENDING, why="", tries=0, next_try=F("due"))
    Reminder.objects.bulk_create([row for row in wanted.values() if row.due > now], ignore_conflicts=True)


def _wanted(appointments: Iterable[Appointment]) -> Iterator[Reminder]:
    certain = [appointment for appointment in appointments if appointment.status == Status.CONFIRMED]
    patients = {(appointment.patient_id, Role.PATIENT) for appointment in certain}
    chosen = preferences_of(patients | {(appointment.doctor_id, Role.DOCTOR) for appointment in certain})
    for appointment in certain:
        for person, role in ((appointment.patient_id, Role.PATIENT), (appointment.doctor_id, Role.DOCTOR)):
            preferences = chosen[person, role]
            for minutes, way in product(preferences.lead_minutes, preferences.ways):
                yield _row(appointment, preferences, minutes, way)


def _row(appointment: Appointment, chosen: ReminderPreferences, minutes: int, way: Way) -> Reminder:
    due = appointment.time - timedelta(minutes=minutes)
    return Reminder(
        appointment=appointment,
        person_id=chosen.person_id,
        role=chosen.role,
        lead_minutes=minutes,
        way=way,
        visit_time=appointment.time,
        due=due,
        next_try=due,
    )


def send_due(way: Way, now: datetime | None = None) -> int:
    """Send the reminders whose time has come; returns how many were looked at. Any number of workers may call it.

    Each in a transaction of its own, so that what one does wrong is its own. It ends in time for the next scan, which
    goes on: a worker that is told to stop waits for its jobs, and a mail server may be slow for each of hundreds.
    """
    begun, looked_at = monotonic(), 0
    now = now or timezone.now()
    while _send_one(way, now):
        looked_at += 1
        if monotonic() - begun > LONGEST_SCAN:
            break
    return looked_at


@transaction.atomic
def _send_one(way: Way, now: datetime) -> bool:
    found = Reminder.objects.due(now).filter(way=way).select_related("person")
    reminder = found.select_for_update(skip_locked=True, of=("self",)).first()
    if reminder is None:
        return False
    appointment = _as_it_stands(reminder)
    state, why = _over(reminder, appointment, now)
    if state:
        reminder.state, reminder.why = state, why or reminder.why
    else:
        _try(reminder, appointment, now)
    reminder.save(update_fields=["state", "why", "tries", "next_try", "sent_at"])
    refresh([appointment.patient_id, appointment.doctor_id], TOPIC)
    return True


def _as_it_stands(reminder: Reminder) -> Appointment:
    """A notification is written while nobody can cancel the visit; nobody waits for an e-mail to be sent."""
    found = Appointment.objects.select_related("patient__user", "doctor__user")
    if reminder.way == Way.NOTIFICATION:
        found = found.select_for_update(of=("self",))
    return found.get(pk=reminder.appointment_id)


def _over(reminder: Reminder, appointment: Appointment, now: datetime) -> tuple[State | None, str]:
    """Whether it is not to be sent any more, and why."""
    if appointment.status != Status.CONFIRMED or appointment.scheduled_time != reminder.visit_time:
        return State.GONE, ""
    if not reminder.person.is_active:
        return State.GONE, "The person's account is not active."
    if reminder.visit_time <= now:
        return State.MISSED, "" if reminder.why else "Nothing was sent until the visit began."
    return (State.MISSED, "The next reminder was due already.") if _overtaken(reminder, now) else (None, "")


def _overtaken(reminder: Reminder, now: datetime) -> bool:
    """After a standstill nobody gets two that say the same at the same moment: the later one says it."""
    later = Reminder.objects.filter(
        appointment=reminder.appointment_id,
        person=reminder.person_id,
        way=reminder.way,
        visit_time=reminder.visit_time,
        lead_minutes__lt=reminder.lead_minutes,
        due__lte=now,
    )
    return later.exclude(state=State.GONE).exists()


def _try(reminder: Reminder, appointment: Appointment, now: datetime) -> None:
    """Whatever goes wrong with this one is kept with it, and does not reach the next."""
    try:
        with transaction.atomic():
            _send(reminder, appointment)
    except Exception as error:
        logger.warning("A reminder by %s failed: %s", reminder.way, type(error).__name__, exc_info=_unforeseen(error))
        reminder.tries += 1
        pause = min(timedelta(minutes=2 ** min(reminder.tries - 1, 6)), LONGEST_PAUSE)
        reminder.state, reminder.why, reminder.next_try = State.FAILED, _in_words(error), now + pause
    else:
        why = SAID_SO if appointment.needs_another_doctor else ""
        reminder.state, reminder.why, reminder.sent_at = State.SENT, why, timezone.now()


def _send(reminder: Reminder, appointment: Appointment) -> None:
    if reminder.way == Way.EMAIL:
        mail_reminder(reminder, appointment)
        return
    as_patient = reminder.role == Role.PATIENT
    kind = AppointmentReminderWithoutDoctor if appointment.needs_another_doctor else AppointmentReminder
    event = kind(
        appointment_id=appointment.pk,
        with_name=appointment.doctor.display_name if as_patient else appointment.patient.full_name,
        scheduled_time=reminder.visit_time,
    )
    notify([(CHANNEL[reminder.role](reminder.person_id), event)], link=appointment.get_absolute_url())


def _unforeseen(error: Exception) -> bool:
    return not isinstance(error, OSError)


def _in_words(error: Exception) -> str:
    """For the person, without what a mail server said, which may hold anything."""
    if isinstance(error, SMTPRecipientsRefused):
        return "The mail server refused the address."
    if isinstance(error, SMTPResponseException):
        return "The mail server refused the e-mail."
    if isinstance(error, OSError):
        return "The mail server did not answer."
    return f"Something unforeseen ({type(error).__name__})."
