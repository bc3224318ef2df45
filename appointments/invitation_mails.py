"""One e-mail with one visit for one person's calendar."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import User
from appointments.history import AppointmentStatusChange
from appointments.ical import between_clinic_and, calendar, visit
from appointments.invitations import is_latest, method_of, sequence_of
from appointments.reminder_mails import BY_A_PROGRAM, address_of, mail_domain

SUBJECTS = {
    "invited": "Your appointment is confirmed",
    "moved": "Your appointment has a new time",
    "passed on": "Your appointment is with another doctor",
    "cancelled": "Your appointment is cancelled",
}


def send(change_id: int, person_id: UUID) -> None:
    """Raises OSError where the mail server does not answer; the job is then tried again, and is the same e-mail.

    Nothing is sent to who is no longer active, nor what a newer change has overtaken.
    """
    people = "appointment__patient__user", "appointment__doctor__user", "appointment__kind"
    change = AppointmentStatusChange.objects.select_related(*people).get(pk=change_id)
    person = User.objects.filter(pk=person_id, is_active=True).first()
    method = method_of(change)
    if person is None or method is None or not is_latest(change):
        return
    letter = _letter(change, person, _news(change))
    letter.attach_alternative(_file(change, person, method), f"text/calendar; method={method}")
    letter.send()


def _news(change: AppointmentStatusChange) -> str:
    if method_of(change) == "CANCEL":
        return "cancelled"
    if not change.is_move:
        return "invited"
    return "moved" if change.doctor_until_then() == change.doctor else "passed on"


def _letter(change: AppointmentStatusChange, person: User, news: str) -> EmailMultiAlternatives:
    appointment = change.appointment
    context = {
        "person": person,
        "news": news,
        "time": change.time,
        "clinic": settings.CLINIC_NAME,
        "phone": settings.CLINIC_PHONE,
        "address": address_of(appointment),
    }
    text = render_to_string("appointments/mail/invitation.txt", context)
    headers = {**BY_A_PROGRAM, "Message-ID": f"<visit-{change.pk}-{person.pk}@{mail_domain()}>"}
    return EmailMultiAlternatives(SUBJECTS[news], text, None, [person.email], headers=headers)


def _file(change: AppointmentStatusChange, person: User, method: str) -> str:
    made = visit(
        change.appointment,
        change.time or change.appointment.time,
        status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
        sequence=sequence_of(change),
        changed=change.at,
    )
    between_clinic_and(made, person)
    whole = calendar(method)
    whole.add_component(made)
    return whole.to_ical().decode()
