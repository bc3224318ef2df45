"""Booking in three steps, as plain pages: who, when, why. Nothing written is lost, and no time is promised twice."""

from datetime import time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.refusals import IllegalStep
from appointments.booking_pages import DAYS
from appointments.holds import held_by, hold_slot
from appointments.models import Absence, Appointment, BookedTime, VisitKind
from tests.appointments.making import in_status, requested, words_of
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.choosing import chosen_on

pytestmark = pytest.mark.django_db
NEW = "/appointments/new/"
WHEN, HOLD, WHY, OTHER = f"{NEW}when/", f"{NEW}hold/", f"{NEW}why/", f"{NEW}another-time/"


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def chosen(doctor, **more):
    return {"doctor": str(doctor.pk), "kind": consultation().code, **more}


def start_at(hour, minute=0, days=2):
    return slot_at(days, hour, minute).isoformat()


def hold_for(cast, patient, hour=10):
    return hold_slot(by=patient.user, patient=patient, doctor=cast.smith, kind=consultation(), start=slot_at(2, hour))


def test_a_patient_says_who_then_when_then_why(cast, smith, signed_in):
    client = signed_in(cast.alice)
    assert "Dr. Jane Smith" in words_of(client.get(NEW))
    day = timezone.localdate() + timedelta(days=2)
    times = words_of(client.get(WHEN, chosen(smith, **{"from": day.isoformat()})))
    assert "10:00" in times
    assert "08:30" not in times
    held = client.post(HOLD, chosen(smith, start=start_at(10)))
    assert held.url.startswith(WHY)
    why = client.get(held.url)
    assert f"Book for {slot_at(2, 10):%a} {slot_at(2, 10).day} {slot_at(2, 10):%B}, 10:00" in words_of(why)
    assert "Kept for you" in words_of(why)
    answer = client.post(WHY, chosen(smith, start=start_at(10), reason="My knee"))
    appointment = Appointment.objects.get()
    assert answer.url == appointment.get_absolute_url()
    assert (appointment.patient, appointment.doctor, appointment.reason) == (cast.alice, smith, "My knee")
    assert appointment.booked.begins == slot_at(2, 10)
    assert not held_by(cast.alice.user).exists()


def test_a_doctor_and_an_administrator_book_for_a_patient_by_the_same_steps(cast, smith, signed_in):
    in_status(cast, "requested")
    for who, hour in [(smith, 10), (cast.admin, 11)]:
        client, mine = signed_in(who), chosen(smith, patient=str(cast.alice.pk))
        assert chosen_on(client.get(f"{NEW}?patient={cast.alice.pk}")) == str(cast.alice.pk)
        assert "Alice Johnson" in words_of(client.get(WHEN, mine))
        assert client.post(HOLD, {**mine, "start": start_at(hour)}).status_code == 302
        client.post(WHY, {**mine, "start": start_at(hour), "reason": f"At {hour}"})
        assert Appointment.objects.get(reason=f"At {hour}").booked.begins == slot_at(2, hour)


def test_what_a_doctor_books_in_their_own_calendar_is_confirmed_at_once_and_others_ask(cast, smith, signed_in):
    in_status(cast, "requested")
    for who, hour, status in [(smith, 10, "confirmed"), (cast.admin, 11, "requested"), (cast.alice, 12, "requested")]:
        sent = chosen(smith, patient=str(cast.alice.pk), start=start_at(hour), reason=f"At {hour}")
        page = words_of(signed_in(who).post(WHY, sent, follow=True))
        booked = Appointment.objects.get(reason=f"At {hour}")
        assert (booked.status, booked.booked.begins) == (status, slot_at(2, hour))
        assert ("Booked and confirmed. Alice Johnson has been told." in page) == (who == smith)
    assert signed_in(cast.alice).get(Appointment.objects.get(reason="At 10").get_absolute_url()).status_code == 200


def test_where_a_doctors_own_booking_cannot_be_confirmed_nothing_is_asked_for(cast, smith, signed_in, monkeypatch):
    in_status(cast, "requested")

    def refuse(self, **_):
        raise IllegalStep("Not now.")

    monkeypatch.setattr(Appointment, "confirm", refuse)
    sent = chosen(smith, patient=str(cast.alice.pk), start=start_at(10), reason="Follow-up")
    answer = signed_in(smith).post(WHY, sent)
    assert (answer.status_code, "Not now." in words_of(answer)) == (409, True)
    assert not Appointment.objects.filter(reason="Follow-up").exists()


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_can_book_nothing_for_alice(cast, smith, signed_in, stranger):
    client, mine = signed_in(getattr(cast, stranger)), chosen(smith, patient=str(cast.alice.pk), start=start_at(10))
    for answer in (client.get(WHEN, mine), client.get(WHY, mine), client.post(HOLD, mine)):
        assert "Alice Johnson" not in words_of(answer)
    client.post(WHY, {**mine, "reason": "Mischief"})
    assert not Appointment.objects.filter(patient=cast.alice).exists()
    assert not BookedTime.objects.filter(patient=cast.alice).exists()


def test_nobody_gets_anywhere_without_signing_in_or_without_a_role(cast, smith, signed_in, client):
    mine = chosen(smith, start=start_at(10))
    for path in (NEW, WHEN, WHY, f"{WHEN}partial/", f"{WHY}partial/"):
        assert client.get(path, mine).url.startswith("/account/sign-in/")
    cast.admin.is_staff = False
    cast.admin.save()
    for path in (NEW, WHEN, WHY):
        assert signed_in(cast.admin).get(path, mine).status_code == 403


def test_looking_at_times_keeps_none_of_them(cast, smith, signed_in):
    client = signed_in(cast.alice)
    for path in (WHEN, WHY, f"{WHEN}partial/", f"{WHY}partial/"):
        assert client.get(path, chosen(smith, start=start_at(10))).status_code == 200
    assert client.get(HOLD).status_code == client.get(OTHER).status_code == 405
    assert not BookedTime.objects.exists()


def test_an_empty_week_leads_to_the_next_free_time_and_to_a_wish(cast, smith, signed_in):
    Absence.objects.create(doctor=smith, begins=slot_at(0, 0), ends=slot_at(10, 12))
    page = words_of(signed_in(cast.alice).get(WHEN, chosen(smith)))
    assert "Nothing is free in these days" in page
    assert f"The next free time is {slot_at(10, 12):%a} {slot_at(10, 12).day}" in page
    assert f"{NEW}wish/?patient=" in page
    Absence.objects.create(doctor=smith, begins=slot_at(0, 0), ends=slot_at(300, 12))
    assert "Nor in the two months after" in words_of(signed_in(cast.alice).get(WHEN, chosen(smith)))


def test_earlier_and_later_days_end_at_today_and_at_two_years(cast, smith, signed_in):
    client, today = signed_in(cast.alice), timezone.localdate()
    first = client.get(WHEN, chosen(smith)).context
    assert (first["first"], first["earlier"]) == (today, "")
    assert parse_qs(first["later"])["from"] == [(today + DAYS).isoformat()]
    for far in ("9999-12-31", "2150-01-01"):
        last = client.get(WHEN, chosen(smith, **{"from": far})).context
        assert last["later"] == ""
        assert last["earlier"]
    for odd in ("0001-01-01", "soon", "\x00", "2026-13-45", "2026-02-30"):
        assert client.get(WHEN, chosen(smith, **{"from": odd})).context["first"] == today


@pytest.mark.parametrize("field, value", [("doctor", ""), ("doctor", "x"), ("doctor", "\x00"), ("kind", "nonsense")])
def test_what_cannot_be_chosen_is_asked_again_in_the_first_step(cast, smith, signed_in, field, value):
    client, sent = signed_in(cast.alice), {**chosen(smith, start=start_at(10)), "reason": "x", field: value}
    for answer in (client.get(WHEN, sent), client.get(WHY, sent), client.post(HOLD, sent), client.post(WHY, sent)):
        assert answer.status_code == 400
        assert f'id="id_{field}-error"' in words_of(answer)
    assert client.get(f"{WHEN}partial/", sent).status_code == 400


@pytest.mark.parametrize(
    "start", ["", "soon", "\x00", "2027-01-01T10:00:00", "9999-12-31T23:59:59Z", "10000-01-01T00:00Z"]
)
def test_a_start_that_is_none_leads_back_to_the_times(cast, smith, signed_in, start):
    client, sent = signed_in(cast.alice), chosen(smith, start=start)
    for answer in (client.get(WHY, sent), client.post(HOLD, sent), client.post(WHY, {**sent, "reason": "x"})):
        assert answer.status_code in (400, 409)
        assert "Choose one of the times" in words_of(answer)
    assert client.get(f"{WHY}partial/", sent).status_code == 400


def test_a_time_that_has_passed_is_not_kept(cast, smith, signed_in):
    answer = signed_in(cast.alice).post(HOLD, chosen(smith, start="2020-01-01T10:00:00Z"))
    assert (answer.status_code, "has passed" in words_of(answer)) == (409, True)


def test_who_reaches_for_a_slot_too_late_sees_what_is_free_around_it(cast, smith, signed_in):
    hold_for(cast, cast.bob)
    answer = signed_in(cast.alice).post(HOLD, chosen(smith, start=start_at(10)))
    assert answer.status_code == 409
    assert "That time is taken" in words_of(answer)
    assert answer.context["first"] == slot_at(2, 10).date()
    assert slot_at(2, 10, 30) in {slot.start for slot in answer.context["days"][0].slots}


def test_taken_while_the_form_was_filled_alternatives_stand_beside_the_reason(cast, smith, signed_in):
    client = signed_in(cast.alice)
    client.post(HOLD, chosen(smith, start=start_at(10)))
    BookedTime.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))
    answer = client.post(WHY, chosen(smith, start=start_at(10), reason="My knee & my back"))
    assert answer.status_code == 409
    page = words_of(answer)
    assert "That time is taken" in page
    assert "My knee & my back" in page
    assert f'name="other" value="{slot_at(2, 10, 30).isoformat()}"' in page
    assert not Appointment.objects.filter(patient=cast.alice).exists()
    other = client.post(HOLD, chosen(smith, start=start_at(10), other=start_at(10, 30), reason="My knee & my back"))
    assert "My knee & my back" in words_of(client.get(other.url))
    assert held_by(cast.alice.user).get().begins == slot_at(2, 10, 30)


def test_a_hold_that_ran_out_is_still_booked_where_nobody_took_the_time(cast, smith, signed_in):
    client = signed_in(cast.alice)
    client.post(HOLD, chosen(smith, start=start_at(10)))
    BookedTime.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert "It is not kept for you" in words_of(client.get(WHY, chosen(smith, start=start_at(10))))
    client.post(WHY, chosen(smith, start=start_at(10), reason="Checkup"))
    assert Appointment.objects.get().booked.begins == slot_at(2, 10)


def test_choosing_another_time_keeps_what_was_written_and_says_nothing_of_it_in_the_address(cast, smith, signed_in):
    client = signed_in(cast.alice)
    answer = client.post(OTHER, chosen(smith, start=start_at(10), reason="A private matter"))
    assert answer.url.startswith(WHEN)
    assert "private" not in answer.url
    assert parse_qs(urlsplit(answer.url).query)["from"] == [slot_at(2, 10).date().isoformat()]
    held = client.post(HOLD, chosen(smith, start=start_at(11)))
    assert "A private matter" in words_of(client.get(held.url))
    assert "A private matter" in words_of(client.get(f"{NEW}wish/?doctor={smith.pk}"))
    client.post(WHY, chosen(smith, start=start_at(11), reason="A private matter"))
    again = client.post(HOLD, chosen(smith, start=start_at(12)))
    assert "A private matter" not in words_of(client.get(again.url))


def test_not_now_frees_the_slot_of_this_form_at_once_and_no_other(cast, smith, signed_in):
    client = signed_in(cast.alice)
    client.post(HOLD, chosen(smith, start=start_at(10)))
    for start in ("soon", start_at(11)):
        client.post(f"{NEW}not-now/", chosen(smith, start=start))
        assert held_by(cast.alice.user).exists()
    signed_in(cast.charlie).post(f"{NEW}not-now/", chosen(smith, start=start_at(10)))
    assert held_by(cast.alice.user).exists()
    assert client.post(f"{NEW}not-now/", chosen(smith, start=start_at(10))).url == "/appointments/"
    assert not BookedTime.objects.exists()


def test_what_is_written_for_one_patient_is_not_offered_for_another(cast, smith, signed_in):
    requested(cast)
    requested(cast, patient=cast.bob)
    client = signed_in(smith)
    client.post(OTHER, chosen(smith, patient=str(cast.alice.pk), start=start_at(10), reason="Of Alice"))
    held = client.post(HOLD, chosen(smith, patient=str(cast.bob.pk), start=start_at(10)))
    assert "Of Alice" not in words_of(client.get(held.url))


@pytest.mark.parametrize("reason", ["", "  \n", "a\x00b", "x" * 2001])
def test_a_reason_that_cannot_be_kept_names_its_field_and_the_hold_stays(cast, smith, signed_in, reason):
    client = signed_in(cast.alice)
    client.post(HOLD, chosen(smith, start=start_at(10)))
    answer = client.post(WHY, chosen(smith, start=start_at(10), reason=reason))
    assert (answer.status_code, 'id="id_reason-error"' in words_of(answer)) == (400, True)
    assert held_by(cast.alice.user).exists()
    assert not Appointment.objects.exists()


def test_two_tabs_the_first_is_told_that_its_time_is_not_kept_and_may_still_book_it(cast, smith, signed_in):
    client = signed_in(cast.alice)
    for hour in (10, 11):
        client.post(HOLD, chosen(smith, start=start_at(hour)))
    first = words_of(client.get(f"{WHY}partial/", chosen(smith, start=start_at(10))))
    assert "It is not kept for you" in first
    client.post(WHY, chosen(smith, start=start_at(10), reason="First tab"))
    assert held_by(cast.alice.user).get().begins == slot_at(2, 11)
    assert Appointment.objects.get().booked.begins == slot_at(2, 10)


def test_a_slot_whose_doctor_is_away_after_all_does_not_become_a_wish(cast, smith, signed_in):
    client = signed_in(cast.alice)
    client.post(HOLD, chosen(smith, start=start_at(10)))
    Absence.objects.create(doctor=smith, begins=slot_at(2, 9), ends=slot_at(2, 12))
    answer = client.post(WHY, chosen(smith, start=start_at(10), reason="Checkup"))
    assert (answer.status_code, "does not offer that time" in words_of(answer)) == (409, True)
    assert not Appointment.objects.exists()


def test_another_kind_has_its_own_times(cast, smith, signed_in):
    VisitKind.objects.get_or_create(code="long", defaults={"name": "Long", "minutes": 60})
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    page = signed_in(cast.alice).get(WHEN, {**chosen(smith), "kind": "long", "from": day})
    assert len(page.context["days"][0].slots) == 8


def test_the_hour_that_the_clock_shows_twice_says_which_it_is(cast, signed_in, settings):
    settings.TIME_ZONE = "Europe/London"
    office_hours(cast.smith, begins=time(0), ends=time(4))
    sunday = next(
        day
        for day in (timezone.localdate() + timedelta(days=number) for number in range(1, 400))
        if (day.month, day.weekday()) == (10, 6) and day.day > 24
    )
    page = words_of(signed_in(cast.alice).get(WHEN, chosen(cast.smith, **{"from": sunday.isoformat()})))
    assert page.index("00:30</time>") < page.index("01:30 BST") < page.index("01:30 GMT") < page.index("02:00</time>")
