"""The e-mail that reminds of a visit: when, where and a link; nothing of what it is about, or with whom."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from appointments.models import Appointment
from appointments.reminders import Reminder

SUBJECT = "Reminder of your appointment"
BY_A_PROGRAM = {"Auto-Submitted": "auto-generated"}
"""So that nobody's note about their holiday comes back."""


def mail_reminder(reminder: Reminder, appointment: Appointment) -> None:
    """Raises OSError where the mail server does not answer or refuses it.

    Its Message-ID is the reminder's own, so that a mailbox can tell a copy: one is sent where a process dies
    between the sending and the commit.
    """
    context = {
        "person": reminder.person,
        "time": reminder.visit_time,
        "clinic": settings.CLINIC_NAME,
        "phone": settings.CLINIC_PHONE,
        "address": address_of(appointment),
        "needs_another_doctor": appointment.needs_another_doctor,
        "choose": f"{settings.ALLOWED_ORIGINS[0]}{reverse('visits:reminders')}",
    }
    text = render_to_string("appointments/mail/reminder.txt", context)
    headers = {**BY_A_PROGRAM, "Message-ID": f"<reminder-{reminder.pk}@{mail_domain()}>"}
    subject = "Your appointment needs another doctor" if appointment.needs_another_doctor else SUBJECT
    EmailMessage(subject, text, None, [reminder.person.email], headers=headers).send()


def address_of(appointment: Appointment) -> str:
    """Of its page, as it stands in an e-mail."""
    return f"{settings.ALLOWED_ORIGINS[0]}{appointment.get_absolute_url()}"


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def mail_domain() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
