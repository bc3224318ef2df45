"""A private address that calendar programs read: what is in it, who gets it, and how it ends."""

import io
import logging
import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from icalendar import Calendar

from accounts.models import User
from appointments.feeds import CalendarFeed
from appointments.models import Appointment, AppointmentStatusChange, VisitKind
from healthhub.log_lines import WithoutSecrets
from tests.appointments.leaving import leaves
from tests.appointments.making import in_status, requested, words_of
from tests.appointments.reminded import confirmed

pytestmark = pytest.mark.django_db
PAGE = "/account/calendar/"
NASTY = 'Fever; cough, "x" \\ tab\there\r\nEND:VEVENT\r\nBEGIN:VALARM ' + "é𝄞" * 60


@pytest.fixture(autouse=True)
def _fresh_count():
    cache.clear()


@pytest.fixture
def subscribe(client):
    """`subscribe(cast.alice)`: the path of a new address of hers."""

    def make(person, *, with_details=False):
        return f"/calendar/{CalendarFeed.make(person.user, with_details=with_details)}.ics"

    return make


def events(answer) -> list:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    read = Calendar.from_ical(answer.content)
    assert {part.name for part in read.walk()} <= {"VCALENDAR", "VEVENT"}
    return read.walk("VEVENT")


# --- what is in it ----------------------------------------------------------------------------------
def test_it_holds_a_persons_visits_with_where_and_when_and_nothing_of_health(cast, client, subscribe, settings):
    visit = in_status(cast, "confirmed")
    answer = client.get(subscribe(cast.alice))
    (event,) = events(answer)
    assert str(visit.pk) in event["UID"]
    assert event["SUMMARY"] == f"Appointment, {settings.CLINIC_NAME}"
    assert event["DTSTART"].dt == visit.time
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 1)
    said = answer.content.decode()
    assert not any(word in said for word in ("checkup", "Smith", "Johnson", "Consultation", "General practice"))


def test_its_details_are_there_for_who_asks(cast, client, subscribe):
    confirmed(cast, in_status(cast, "requested").requested_time + timedelta(days=1))
    (wish, visit) = events(client.get(subscribe(cast.alice, with_details=True)))
    assert visit["SUMMARY"] == "Consultation with Dr. Jane Smith"
    assert visit["DESCRIPTION"].startswith("Annual checkup\n")
    assert wish["SUMMARY"] == "Not confirmed yet: Consultation with Dr. Jane Smith"
    assert (wish["STATUS"], wish["SEQUENCE"]) == ("TENTATIVE", 0)


def test_a_doctors_has_the_visits_with_them_and_never_who_comes_or_why(cast, client, subscribe):
    in_status(cast, "confirmed")
    answer = client.get(subscribe(cast.smith, with_details=True))
    (event,) = events(answer)
    assert event["SUMMARY"].startswith("Consultation, ")
    assert not any(word in answer.content.decode() for word in ("Alice", "Johnson", "checkup"))


def test_nobody_elses_visits_are_in_it(cast, client, subscribe):
    in_status(cast, "confirmed")
    for stranger in (cast.charlie, cast.brown, cast.bob):
        assert events(client.get(subscribe(stranger))) == []


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_what_is_off_is_not_in_it(cast, client, subscribe, status):
    in_status(cast, status)
    assert events(client.get(subscribe(cast.alice))) == []


@pytest.mark.parametrize("days, there", [(-89, True), (-91, False), (700, True)])
def test_it_goes_back_ninety_days_and_ahead_without_end(cast, client, subscribe, clock, days, there):
    visit = confirmed(cast, clock.now + timedelta(days=1))
    Appointment.objects.filter(pk=visit.pk).update(scheduled_time=clock.now + timedelta(days=days))
    assert bool(events(client.get(subscribe(cast.alice)))) is there


def test_a_wish_whose_time_has_passed_is_no_longer_in_it(cast, client, subscribe, clock):
    requested(cast, requested_time=clock.now + timedelta(hours=1))
    address = subscribe(cast.alice)
    assert len(events(client.get(address))) == 1
    clock.forward(hours=2)
    assert events(client.get(address)) == []


def test_a_visit_whose_doctor_has_left_says_so_and_is_fetched_anew(cast, client, subscribe, clock):
    confirmed(cast, clock.now + timedelta(days=2))
    address = subscribe(cast.alice)
    before = client.get(address)
    assert str(events(before)[0]["STATUS"]) == "CONFIRMED"
    leaves(cast.smith)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    (event,) = events(after)
    assert str(event["STATUS"]) == "TENTATIVE"
    assert event["SUMMARY"].startswith("Needs another doctor: ")


def test_a_visit_that_moves_is_the_same_one_with_a_higher_number(cast, client, subscribe, clock):
    visit = confirmed(cast, clock.now + timedelta(days=2))
    address = subscribe(cast.alice)
    (before,) = events(client.get(address))
    visit.reschedule(by=cast.smith.user, time=clock.now + timedelta(days=5))
    (after,) = events(client.get(address))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert after["DTSTART"].dt == clock.now + timedelta(days=5)


def test_nasty_text_cannot_break_out_and_lines_are_folded(cast, client, subscribe):
    requested(cast, reason=NASTY)
    answer = client.get(subscribe(cast.alice, with_details=True))
    (event,) = events(answer)
    assert event.errors == []
    assert event["DESCRIPTION"].startswith(NASTY.replace("\r\n", "\n"))
    lines = answer.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines.count(b"END:VEVENT") == 1


def test_many_visits_cost_no_more_questions_than_one(cast, client, subscribe, django_assert_num_queries):
    def questions():
        with django_assert_num_queries(2):
            return len(events(client.get(address)))

    confirmed(cast, in_status(cast, "confirmed").time + timedelta(days=1))
    address = subscribe(cast.smith)
    assert questions() == 2
    for day in range(10, 20):
        confirmed(cast, in_status(cast, "requested").requested_time + timedelta(days=day), cast.bob)
    assert questions() == 22


# --- how it is asked --------------------------------------------------------------------------------
def test_what_has_not_changed_is_not_sent_again_and_nobody_else_keeps_it(cast, client, subscribe):
    visit, address = in_status(cast, "confirmed"), subscribe(cast.alice)
    first = client.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
    visit.cancel(by=cast.alice.user)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_whatever_changes_what_is_shown_is_sent_anew(cast, client, subscribe, clock):
    visit = confirmed(cast, clock.now + timedelta(days=2))
    address = subscribe(cast.alice, with_details=True)
    seen = {client.get(address)["ETag"]}
    changes = [
        lambda: visit.reschedule(by=cast.smith.user, time=clock.now + timedelta(days=3)),
        lambda: VisitKind.objects.update(name="Check"),
        lambda: VisitKind.objects.update(minutes=45),
        lambda: User.objects.filter(pk=cast.smith.pk).update(last_name="Smythe"),
        lambda: CalendarFeed.show_details(cast.alice.user, with_details=False),
    ]
    for change in changes:
        change()
        clock.forward(seconds=1)
        seen.add(client.get(address)["ETag"])
    assert len(seen) == 1 + len(changes)


def test_it_can_only_be_read(cast, client, subscribe):
    address = subscribe(cast.alice)
    assert client.head(address).status_code == 200
    assert {client.post(address).status_code, client.put(address).status_code, client.delete(address).status_code} == {
        405
    }


def test_who_asks_all_the_time_is_told_to_wait_and_others_are_not(cast, client, subscribe):
    mine, other = subscribe(cast.alice), subscribe(cast.bob)
    assert {client.get(mine).status_code for _ in range(20)} == {200}
    late = client.get(mine)
    assert (late.status_code, late["Retry-After"]) == (429, "60")
    assert client.get(other).status_code == 200


@pytest.mark.parametrize(
    "name", ["x" * 43, "x" * 20, "x" * 100, "x", "x" * 5000, "x" * 42 + "%00", "é" * 43, "../" * 9]
)
def test_an_unknown_address_is_404_to_everybody(cast, client, signed_in, subscribe, name):
    subscribe(cast.alice)
    assert client.get(f"/calendar/{name}.ics").status_code == 404
    assert signed_in(cast.admin).get(f"/calendar/{name}.ics").status_code == 404


def test_a_new_address_ends_the_old_one_and_ended_is_ended(cast, client, subscribe):
    old, new = subscribe(cast.alice), subscribe(cast.alice)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    CalendarFeed.end(cast.alice.user)
    assert client.get(new).status_code == 404


def test_the_feed_of_who_is_no_longer_active_is_gone(cast, client, subscribe):
    address = subscribe(cast.alice)
    cast.alice.user.is_active = False
    cast.alice.user.save()
    assert client.get(address).status_code == 404


# --- the secret -------------------------------------------------------------------------------------
def test_the_secret_is_long_random_and_kept_only_as_a_hash(cast):
    first, second = CalendarFeed.make(cast.alice.user), CalendarFeed.make(cast.alice.user)
    assert len(first) == len(second) == 43
    assert first != second
    row = CalendarFeed.objects.values().get()
    assert second not in str(row)
    assert re.fullmatch("[0-9a-f]{64}", row["token_hash"])


def test_no_line_of_the_log_has_the_secret(cast, client, subscribe):
    address, written = subscribe(cast.alice), io.StringIO()
    told = logging.StreamHandler(written)
    line = dict(configured.LOGGING["formatters"]["line"])
    assert line.pop("()") == f"{WithoutSecrets.__module__}.{WithoutSecrets.__name__}"
    told.setFormatter(WithoutSecrets(**line))
    logging.getLogger().addHandler(told)
    try:
        CalendarFeed.end(cast.alice.user)
        client.get(address)
        client.post(address)
        try:
            raise ValueError(f"no such path {address}")
        except ValueError:
            logging.getLogger("healthhub.server").exception("GET %s 500", address)
        logging.getLogger("healthhub.server").warning("GET /account/password/set/MQ/d1abcd-1234567890abcdef/ 200")
    finally:
        logging.getLogger().removeHandler(told)
    said = written.getvalue()
    assert said.count("/calendar/(secret).ics") >= 4
    assert address not in said
    assert "1234567890abcdef" not in said


# --- the page ---------------------------------------------------------------------------------------
def address_on(answer) -> str:
    (address,) = re.findall(r"http://testserver(/calendar/[\w-]{43}\.ics)", words_of(answer))
    return address


def test_a_person_makes_an_address_that_is_shown_once(cast, signed_in, client):
    alice = signed_in(cast.alice)
    assert PAGE in words_of(alice.get("/account/"))
    made = alice.post(f"{PAGE}new/")
    address = address_on(made)
    assert "no-store" in made["Cache-Control"]
    assert f"webcal://testserver{address}" in words_of(made)
    assert client.get(address).status_code == 200
    assert ".ics" not in words_of(alice.get(PAGE))
    assert CalendarFeed.objects.get().with_details is False


def test_details_are_chosen_and_taken_back_with_the_same_address(cast, signed_in, client):
    in_status(cast, "confirmed")
    alice = signed_in(cast.alice)
    address = address_on(alice.post(f"{PAGE}new/", {"details": "1"}))
    assert b"Annual checkup" in client.get(address).content
    alice.post(f"{PAGE}details/", {})
    assert b"Annual checkup" not in client.get(address).content


def test_a_person_ends_it_themselves_and_nobody_else_does(cast, signed_in, client):
    address = address_on(signed_in(cast.alice).post(f"{PAGE}new/"))
    stranger = signed_in(cast.charlie)
    stranger.post(f"{PAGE}end/")
    stranger.post(f"{PAGE}details/", {"details": "1"})
    assert client.get(address).status_code == 200
    assert CalendarFeed.objects.get().with_details is False
    signed_in(cast.alice).post(f"{PAGE}end/")
    assert client.get(address).status_code == 404


def test_an_administrator_sees_who_has_one_and_ends_it_and_cannot_read_it(cast, signed_in, client):
    address = address_on(signed_in(cast.alice).post(f"{PAGE}new/"))
    rows, admin = "/admin/appointments/calendarfeed/", signed_in(cast.admin)
    said = words_of(admin.get(rows))
    assert "Alice Johnson" in said
    assert CalendarFeed.objects.get().token_hash not in said + words_of(admin.get(f"{rows}{cast.alice.pk}/change/"))
    chosen = {"action": "end_address", "_selected_action": [str(cast.alice.pk)]}
    signed_in(cast.smith).post(rows, chosen)
    assert client.get(address).status_code == 200
    admin.post(rows, chosen)
    assert client.get(address).status_code == 404


def test_who_has_no_visits_has_no_address(cast, signed_in):
    admin = signed_in(cast.admin)
    assert "Nothing to show" in words_of(admin.get(PAGE))
    admin.post(f"{PAGE}new/")
    assert not CalendarFeed.objects.exists()


def test_the_page_wants_a_sign_in(client):
    for path in ("", "new/", "details/", "end/"):
        assert "/account/sign-in/" in client.post(f"{PAGE}{path}").headers["Location"]


def test_the_history_is_what_a_feeds_numbers_are_counted_from(cast, client, subscribe):
    visit = in_status(cast, "in_progress")
    (event,) = events(client.get(subscribe(cast.alice)))
    assert event["SEQUENCE"] == AppointmentStatusChange.objects.filter(appointment=visit).count() - 1 == 2
