"""Reminders: each once, moved with the visit, gone with it; what failed is seen and tried again."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction

from accounts.refusals import IllegalStep, NotAllowed
from appointments.models import Appointment, Reminder, ReminderPreferences
from appointments.reminder_preferences import Role, Way
from appointments.reminders import State
from appointments.reminding import SAID_SO, send_due
from notifications.channels import doctor_channel, patient_channel
from notifications.words import words_for
from tests.appointments.leaving import leaves
from tests.appointments.making import requested
from tests.appointments.reminded import confirmed, notified, scan, states

pytestmark = pytest.mark.django_db
DAY, TWO_HOURS = 24 * 60, 2 * 60
USUAL = {(DAY, "notification"), (DAY, "email"), (TWO_HOURS, "notification"), (TWO_HOURS, "email")}


class Picky(EmailBackend):
    """A mail server that does not take this one address."""

    refuses = "alice@example.com"

    def send_messages(self, messages):
        for message in messages:
            if self.refuses in message.to:
                raise SMTPRecipientsRefused({self.refuses: (550, b"no such user: <secret>")})
        return super().send_messages(messages)


@pytest.fixture
def picky(settings):
    settings.EMAIL_BACKEND = f"{Picky.__module__}.Picky"
    Picky.refuses = "alice@example.com"
    return Picky


def test_a_confirmed_visit_plans_a_day_and_two_hours_before_by_both_ways(cast, clock):
    at = clock.now + timedelta(days=3)
    appointment = confirmed(cast, at)
    assert states(appointment) == dict.fromkeys(USUAL, State.PENDING)
    rows = Reminder.objects.filter(appointment=appointment)
    assert {row.person_id for row in rows} == {cast.alice.pk}
    assert {at - row.due for row in rows} == {timedelta(days=1), timedelta(hours=2)}


def test_a_mere_request_reminds_nobody(cast, clock):
    requested(cast, requested_time=clock.now + timedelta(days=3))
    assert not Reminder.objects.exists()


def test_a_reminder_comes_at_its_time_and_once(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2, minutes=-1)
    assert scan() == 0
    clock.forward(minutes=1)
    assert (scan(), scan()) == (2, 0)
    (told,) = notified()
    assert told.stream_id == patient_channel(cast.alice.pk)
    assert told.body["with_name"] == "Dr. Smith"
    assert told.body["link"] == appointment.get_absolute_url()
    assert states(appointment)[DAY, "email"] == State.SENT
    assert states(appointment)[TWO_HOURS, "email"] == State.PENDING


def test_the_email_says_when_and_where_and_nothing_of_what_it_is_about(cast, clock, settings):
    settings.TIME_ZONE = "UTC"
    appointment = confirmed(cast, clock.now + timedelta(days=1))
    clock.forward(hours=22)
    scan()
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.com"]
    assert "Tuesday 2 March 2027, 08:00" in letter.body
    assert settings.CLINIC_NAME in letter.body
    assert appointment.get_absolute_url() in letter.body
    said = f"{letter.subject} {letter.body}"
    assert not any(word in said for word in ("checkup", "Smith", "Johnson", "General practice"))
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert str(Reminder.objects.get(way="email", state="sent").pk) in letter.extra_headers["Message-ID"]


def test_a_visit_confirmed_an_hour_before_is_not_reminded_of(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(hours=1))
    assert states(appointment) == {}
    clock.forward(minutes=59)
    assert scan() == 0


def test_over_a_week_everybody_is_reminded_of_every_visit_once_at_each_time(cast, clock):
    begin = clock.now
    days = {cast.alice: [1.5, 3, 6.25], cast.bob: [2, 4.75], cast.charlie: [5]}
    for patient, ahead in days.items():
        for day in ahead:
            confirmed(cast, begin + timedelta(days=day), patient)
    sent: dict = {}
    for _ in range(7 * 24 * 2):
        clock.forward(minutes=30)
        letters = len(mail.outbox)
        scan()
        for letter in mail.outbox[letters:]:
            sent.setdefault(letter.to[0], []).append((clock.now - begin) / timedelta(days=1))
    for patient, ahead in days.items():
        expected = sorted(day - gap for day in ahead for gap in (1, 2 / 24))
        assert sent[patient.user.email] == pytest.approx(expected, abs=0.001)
        assert len(notified(patient)) == len(expected)
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_visit_that_moves_takes_its_reminders_with_it(cast, clock):
    old = clock.now + timedelta(days=3)
    appointment = confirmed(cast, old)
    appointment.reschedule(by=cast.smith.user, time=old + timedelta(days=2))
    assert states(appointment) == dict.fromkeys(USUAL, State.PENDING)
    assert set(Reminder.objects.filter(visit_time=old).values_list("state", flat=True)) == {State.GONE}
    clock.forward(days=3)
    assert scan() == 0
    clock.forward(days=2)
    assert scan() == 4


def test_who_was_reminded_of_the_old_time_is_reminded_of_the_new_one_too(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=1, minutes=5))
    clock.forward(minutes=5)
    scan()
    appointment.reschedule(by=cast.smith.user, time=clock.now + timedelta(days=4))
    clock.forward(days=3)
    scan()
    assert len(notified()) == len(mail.outbox) == 2


def test_one_that_moves_back_is_not_told_twice_of_the_same_time(cast, clock):
    first = clock.now + timedelta(days=1, minutes=5)
    appointment = confirmed(cast, first)
    clock.forward(minutes=5)
    scan()
    for time in (first + timedelta(days=4), first):
        appointment.reschedule(by=cast.smith.user, time=time)
    assert states(appointment)[DAY, "email"] == State.SENT
    assert states(appointment)[TWO_HOURS, "email"] == State.PENDING
    clock.forward(days=2)
    scan()
    assert len(mail.outbox) == 1


def test_a_visit_across_the_change_of_the_clocks_is_reminded_of_in_real_hours(cast, clock, settings):
    """Clocks in Berlin go forward on 28 March 2027 at 01:00 UTC: 10:00 there is 24 real hours after 09:00."""
    settings.TIME_ZONE = "Europe/Berlin"
    appointment = confirmed(cast, datetime(2027, 3, 26, 9, tzinfo=UTC))
    appointment.reschedule(by=cast.smith.user, time=datetime(2027, 3, 28, 8, tzinfo=UTC))
    clock.now = datetime(2027, 3, 27, 7, 59, tzinfo=UTC)
    assert scan() == 0
    clock.forward(minutes=1)
    assert scan() == 2
    clock.now = datetime(2027, 3, 28, 6, tzinfo=UTC)
    assert scan() == 2
    assert "10:00 (CEST)" in mail.outbox[-1].body


@pytest.mark.parametrize("step", ["cancel", "start"])
def test_a_visit_that_is_cancelled_or_has_begun_reminds_nobody(cast, clock, step):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    getattr(appointment, step)(by=cast.smith.user)
    assert set(states(appointment).values()) == {State.GONE}
    clock.forward(days=2, hours=23)
    assert scan() == 0


def test_a_row_that_a_verb_passed_over_is_not_sent_for_a_visit_that_is_off(cast, clock):
    """The scan had it in hand when the visit was cancelled, or it was changed past its verbs."""
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    appointment.cancel(by=cast.alice.user)
    Reminder.objects.update(state=State.PENDING)
    clock.forward(days=2)
    scan()
    assert (notified(), mail.outbox) == ([], [])
    assert states(appointment)[DAY, "email"] == State.GONE


def test_with_everything_down_over_the_time_it_is_sent_late_and_once_a_way(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2, hours=23)
    scan()
    assert len(notified()) == len(mail.outbox) == 1
    assert states(appointment)[DAY, "email"] == State.MISSED
    assert states(appointment)[TWO_HOURS, "email"] == State.SENT


def test_what_could_not_be_sent_before_the_visit_is_shown_as_missed(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=3)
    assert scan() == 4
    assert set(states(appointment).values()) == {State.MISSED}
    assert (notified(), mail.outbox) == ([], [])


def test_one_bad_address_stops_nobody_else(cast, clock, picky):
    picky.refuses = "bob@example.com"
    at = clock.now + timedelta(days=3)
    people = [cast.alice, cast.bob, cast.charlie]
    visits = [confirmed(cast, at + timedelta(hours=n), person) for n, person in enumerate(people)]
    clock.forward(days=2, hours=3)
    scan()
    assert [letter.to[0] for letter in mail.outbox] == ["alice@example.com", "charlie@example.com"]
    failed = Reminder.objects.get(appointment=visits[1], way="email", lead_minutes=DAY)
    assert (failed.state, failed.tries) == (State.FAILED, 1)
    assert failed.why == "The mail server refused the address."
    assert states(visits[1])[DAY, "notification"] == State.SENT


@pytest.mark.parametrize(
    "error, why",
    [
        (SMTPDataError(554, b"secret"), "The mail server refused the e-mail."),
        (SMTPServerDisconnected("secret"), "The mail server did not answer."),
        (TimeoutError("secret"), "The mail server did not answer."),
        (ValueError("secret"), "Something unforeseen (ValueError)."),
    ],
)
def test_why_it_failed_is_said_in_our_own_words(cast, clock, monkeypatch, error, why):
    def fail(*args):
        raise error

    confirmed(cast, clock.now + timedelta(days=3))
    monkeypatch.setattr("appointments.reminding.mail_reminder", fail)
    clock.forward(days=2)
    scan()
    assert Reminder.objects.get(state=State.FAILED).why == why


def test_a_failed_one_is_tried_again_ever_later_until_it_succeeds(cast, clock, picky):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2)
    began, tried = clock.now, []
    for _ in range(60):
        if scan():
            tried.append((clock.now - began) / timedelta(minutes=1))
        clock.forward(minutes=1)
    assert tried == [0, 1, 3, 7, 15, 31]
    picky.refuses = ""
    clock.forward(minutes=30)
    scan()
    assert states(appointment)[DAY, "email"] == State.SENT
    assert len(mail.outbox) == 1


def test_one_that_never_succeeds_ends_with_the_reason_at_the_visit(cast, clock, picky):
    appointment = confirmed(cast, clock.now + timedelta(days=1, minutes=1))
    for _ in range(26):
        clock.forward(hours=1)
        scan()
    last = Reminder.objects.get(appointment=appointment, way="email", lead_minutes=TWO_HOURS)
    assert (last.state, last.why) == (State.MISSED, "The mail server refused the address.")


def test_a_scan_that_takes_long_leaves_the_rest_to_the_next_one(cast, clock, monkeypatch):
    for person in (cast.alice, cast.bob, cast.charlie):
        confirmed(cast, clock.now + timedelta(days=3, hours=len(Reminder.objects.all())), person)
    monkeypatch.setattr("appointments.reminding.LONGEST_SCAN", -1.0)
    clock.forward(days=2, hours=12)
    assert [send_due(Way.EMAIL) for _ in range(4)] == [1, 1, 1, 0]
    assert len(mail.outbox) == 3


def test_an_unforeseen_error_is_one_reminders_own(cast, clock, monkeypatch):
    def fail(events, **kwargs):
        raise ZeroDivisionError

    appointment = confirmed(cast, clock.now + timedelta(days=3))
    monkeypatch.setattr("appointments.reminding.notify", fail)
    clock.forward(days=2)
    scan()
    assert states(appointment)[DAY, "notification"] == State.FAILED
    assert states(appointment)[DAY, "email"] == State.SENT


def test_a_doctor_is_reminded_only_when_they_ask_to_be(cast, clock):
    ReminderPreferences.objects.create(
        person=cast.smith.user, role=Role.DOCTOR, lead_minutes=[60], by_email=False, by_notification=True
    )
    confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2, hours=23)
    scan()
    (told,) = notified(cast.smith)
    assert told.stream_id == doctor_channel(cast.smith.pk)
    assert told.body["with_name"] == "Alice Johnson"


def test_who_is_no_longer_active_is_not_written_to(cast, clock):
    confirmed(cast, clock.now + timedelta(days=3))
    cast.alice.user.is_active = False
    cast.alice.user.save()
    clock.forward(days=2)
    scan()
    assert (notified(), mail.outbox) == ([], [])


def test_who_may_see_which(cast, clock):
    confirmed(cast, clock.now + timedelta(days=3))
    confirmed(cast, clock.now + timedelta(days=4), doctor=cast.brown)
    seen = {
        who: set(Reminder.objects.visible_to(user).values_list("appointment__doctor__user__last_name", flat=True))
        for who, user in [
            ("alice", cast.alice.user),
            ("smith", cast.smith.user),
            ("charlie", cast.charlie.user),
            ("admin", cast.admin),
        ]
    }
    assert seen == {"alice": {"Smith", "Brown"}, "smith": {"Smith"}, "charlie": set(), "admin": {"Smith", "Brown"}}


def test_an_administrator_has_a_failed_one_tried_at_once_and_nobody_else(cast, clock, picky):
    confirmed(cast, clock.now + timedelta(days=3))
    clock.forward(days=2)
    scan()
    failed = Reminder.objects.get(state=State.FAILED)
    with pytest.raises(NotAllowed):
        failed.try_again(by=cast.alice.user)
    picky.refuses = ""
    failed.try_again(by=cast.admin)
    assert scan() == 1
    failed.refresh_from_db()
    assert failed.state == State.SENT
    with pytest.raises(IllegalStep, match="sent"):
        failed.try_again(by=cast.admin)


def test_the_database_keeps_no_second_row_for_the_same(cast, clock):
    confirmed(cast, clock.now + timedelta(days=3))
    row = Reminder.objects.filter(way=Way.EMAIL).first()
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError, match="reminder_once"), transaction.atomic():
        row.save(force_insert=True)


# --- the doctor no longer works here --------------------------------------------------------------------


def test_a_reminder_of_a_visit_whose_doctor_has_left_says_so(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    leaves(cast.smith)
    clock.forward(days=2)
    assert scan() == 2
    (told,) = notified()
    assert (told.body["with_name"], told.body["doctor_has_left"]) == ("Dr. Smith", True)
    assert words_for(told.body).title == "Dr. Smith no longer works here"
    (letter,) = mail.outbox
    assert letter.subject == "Your appointment needs another doctor"
    assert "Your doctor no longer works here" in letter.body
    assert "please call before you come" in letter.body
    assert "this is a reminder" not in letter.body
    assert "Smith" not in letter.body
    rows = Reminder.objects.filter(appointment=appointment, state=State.SENT)
    assert set(rows.values_list("why", flat=True)) == {SAID_SO}


def test_one_whose_doctor_came_back_is_reminded_of_as_ever(cast, clock):
    confirmed(cast, clock.now + timedelta(days=3))
    leaves(cast.smith)
    cast.smith.user.is_active = True
    cast.smith.user.save()
    clock.forward(days=2)
    scan()
    (told,) = notified()
    assert "doctor_has_left" not in told.body
    assert "this is a reminder" in mail.outbox[0].body


def test_one_that_went_to_another_doctor_is_reminded_of_with_their_name(cast, clock):
    appointment = confirmed(cast, clock.now + timedelta(days=3))
    leaves(cast.smith)
    appointment = Appointment.objects.get(pk=appointment.pk)
    appointment.reschedule(by=cast.admin, doctor=cast.brown, time=appointment.time)
    clock.forward(days=2)
    assert scan() == 2
    (told,) = notified()
    assert (told.body["with_name"], "doctor_has_left" in told.body) == ("Dr. Brown", False)
    assert "this is a reminder" in mail.outbox[0].body
