"""Invitations, updates and cancellations as a calendar program reads them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.db import transaction

from accounts.refusals import IllegalStep
from appointments import invitation_mails
from appointments.models import Invitation, VisitKind
from appointments.reminder_choice import choose
from appointments.reminder_preferences import Role
from tests.appointments.calendars import deliver, part_for_calendars, read, waiting
from tests.appointments.making import requested
from tests.appointments.reminded import confirmed

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 28, 8, tzinfo=UTC)
"""In Berlin the clocks have gone forward that night."""


@pytest.fixture(autouse=True)
def _still(clock):
    pass


def test_a_confirmed_visit_is_an_invitation(cast, clock, settings):
    settings.DEFAULT_FROM_EMAIL = "HealthHub <visits@clinic.example>"
    appointment = confirmed(cast, AT)
    assert deliver() == 1
    (letter,) = mail.outbox
    calendar, event = read(letter)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert event["UID"] == f"appointment-{appointment.pk}@healthhub"
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CONFIRMED"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (AT, AT + timedelta(minutes=VisitKind.default().minutes))
    assert event["DTSTAMP"].dt == clock.now
    assert event["LOCATION"] == settings.CLINIC_NAME
    assert str(event["ORGANIZER"]) == "mailto:visits@clinic.example"
    assert str(event["ATTENDEE"]) == "mailto:alice@example.com"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["URL"].endswith(appointment.get_absolute_url())
    assert b"DTSTART:20270328T080000Z" in part_for_calendars(letter).get_payload(decode=True)


def test_the_part_for_calendars_stands_beside_the_words_and_says_its_method(cast):
    confirmed(cast, AT)
    deliver()
    message = mail.outbox[0].message()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/calendar"]
    part = part_for_calendars(mail.outbox[0])
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    assert "Sunday 28 March 2027, 08:00 (UTC)" in mail.outbox[0].body


def test_nothing_of_it_says_with_whom_or_what_for(cast):
    confirmed(cast, AT)
    deliver()
    (letter,) = mail.outbox
    said = part_for_calendars(letter).get_payload(decode=True).decode() + letter.body + letter.subject
    assert not any(word in said for word in ("checkup", "Smith", "General practice", "Consultation"))


def test_each_change_is_the_same_visit_with_a_higher_number(cast, clock):
    appointment = confirmed(cast, AT)
    deliver()
    clock.forward(hours=1)
    appointment.reschedule(by=cast.smith.user, time=AT + timedelta(days=1))
    deliver(start=1)
    clock.forward(hours=1)
    appointment.cancel(by=cast.alice.user)
    deliver(start=2)
    calendars, events = zip(*[read(letter) for letter in mail.outbox], strict=True)
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [1, 2, 3]
    assert events[1]["DTSTART"].dt == events[2]["DTSTART"].dt == AT + timedelta(days=1)
    assert [letter.subject for letter in mail.outbox] == [
        "Your appointment is confirmed",
        "Your appointment has a new time",
        "Your appointment is cancelled",
    ]
    assert part_for_calendars(mail.outbox[2]).get_param("method") == "CANCEL"


def test_a_visit_that_takes_place_is_no_news_for_a_calendar(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(hours=1))
    clock.forward(hours=2)
    appointment.mark_no_show(by=cast.smith.user)
    appointment.correct_no_show(by=cast.smith.user)
    appointment.start(by=cast.smith.user)
    appointment.complete(by=cast.smith.user)
    assert len(waiting()) == 1


def test_a_request_and_its_cancellation_reach_no_calendar(cast):
    requested(cast, requested_time=AT).cancel(by=cast.alice.user)
    assert waiting() == []


def test_a_step_that_is_refused_or_rolled_back_leaves_no_email(cast):
    appointment = confirmed(cast, AT)
    with pytest.raises(IllegalStep):
        appointment.confirm(by=cast.smith.user)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        appointment.cancel(by=cast.smith.user)
        raise ZeroDivisionError
    assert len(waiting()) == 1


def test_an_older_word_that_comes_late_is_not_sent_after_the_newer_one(cast):
    """The mail server was away for a while, and its jobs come in any order."""
    appointment = confirmed(cast, AT)
    appointment.reschedule(by=cast.smith.user, time=AT + timedelta(days=1))
    first, second = waiting()
    for job in (second, first):
        invitation_mails.send(job["change_id"], UUID(job["person_id"]))
    assert [read(letter)[1]["SEQUENCE"] for letter in mail.outbox] == [2]


def test_a_job_that_runs_twice_sends_the_same_email(cast, clock):
    confirmed(cast, AT)
    deliver()
    clock.forward(hours=3)
    deliver()
    first, second = (letter.message() for letter in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert part_for_calendars(mail.outbox[0]).get_payload() == part_for_calendars(mail.outbox[1]).get_payload()


def test_a_doctor_gets_them_when_they_ask_and_a_patient_until_they_do_not(cast):
    choose(cast.smith.user, Role.DOCTOR, lead_minutes=[], ways=["email"], invitations=True)
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[], ways=["email"], invitations=False)
    confirmed(cast, AT)
    deliver()
    assert [letter.to for letter in mail.outbox] == [["dr.smith@example.com"]]


def test_who_was_invited_is_told_of_the_cancellation_whatever_they_chose_meanwhile(cast):
    appointment = confirmed(cast, AT)
    choose(cast.alice.user, Role.PATIENT, lead_minutes=[], ways=["email"], invitations=False)
    appointment.cancel(by=cast.smith.user)
    deliver()
    assert [read(letter)[0]["METHOD"] for letter in mail.outbox] == ["CANCEL"]
    assert Invitation.objects.get().person_id == cast.alice.pk


def test_who_is_no_longer_active_gets_none(cast):
    confirmed(cast, AT)
    cast.alice.user.is_active = False
    cast.alice.user.save()
    deliver()
    assert mail.outbox == []


def test_a_choice_of_reminders_leaves_invitations_as_they_were(cast, api):
    path = "/api/v1/me/reminder-preferences"
    chosen = {"lead_minutes": [60], "ways": ["email"]}
    api(cast.alice).put(path, {"patient": {**chosen, "invitations": False}})
    assert api(cast.alice).put(path, {"patient": chosen}).json()["patient"]["invitations"] is False


@pytest.mark.parametrize("name", ['Ann "Nan"; Marie,', "Anna\r\nBEGIN:VALARM", "Ünsal 𝄞 " + "x" * 80])
def test_a_name_cannot_break_out_of_its_place_and_lines_are_folded(cast, name):
    cast.alice.user.first_name = name[:100]
    cast.alice.user.save()
    cast.alice.refresh_from_db()
    confirmed(cast, AT)
    deliver()
    text = part_for_calendars(mail.outbox[0]).get_payload(decode=True)
    assert max(map(len, text.split(b"\r\n"))) <= 75
    assert b"\r\nBEGIN:VALARM" not in text
    calendar, event = read(mail.outbox[0])
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    assert event["ATTENDEE"].params["CN"].replace("\r", "") == f"{name[:100]} Johnson".replace("\r", "")
