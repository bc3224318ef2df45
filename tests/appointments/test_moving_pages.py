"""The pages for every other verb: another time, arrival, a no-show corrected, two visits at one time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment, AppointmentStatusChange, BookedTime
from appointments.statuses import Status
from tests.appointments.making import at, in_status, requested, words_of
from tests.appointments.opening import office_hours, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


@pytest.fixture
def visit(cast, smith):
    appointment = requested(cast, requested_time=slot_at(2, 10))
    appointment.confirm(by=smith.user)
    return appointment


def move_url(appointment):
    return reverse("appointments:move", args=[appointment.pk])


def url(appointment, verb):
    return reverse(f"appointments:{verb}", args=[appointment.pk])


def moved_to(client, appointment, **fields):
    answer = client.post(move_url(appointment), {"seen": appointment.status, **fields})
    appointment.refresh_from_db()
    return answer


def today(appointment):
    """Its time becomes now, whatever the hour."""
    Appointment.objects.filter(pk=appointment.pk).update(scheduled_time=timezone.now())
    appointment.refresh_from_db()


# --- another time ---------------------------------------------------------------------------------------


def test_a_patient_moves_their_visit_to_a_free_time_and_it_keeps_its_history(cast, visit, signed_in):
    client = signed_in(cast.alice)
    assert move_url(visit) in words_of(client.get(visit.get_absolute_url()))
    page = words_of(client.get(move_url(visit)))
    assert f'value="{slot_at(2, 11).isoformat()}"' in page
    assert 'name="time"' not in page
    chosen = words_of(client.get(move_url(visit), {"start": slot_at(2, 11).isoformat()}))
    assert f"Move it to {slot_at(2, 11):%a} {slot_at(2, 11).day} {slot_at(2, 11):%B}, 11:00" in chosen
    answer = moved_to(client, visit, start=slot_at(2, 11).isoformat(), reason="The train")
    assert answer.url == visit.get_absolute_url()
    assert (visit.scheduled_time, visit.booked.begins) == (slot_at(2, 11), slot_at(2, 11))
    page = words_of(client.get(visit.get_absolute_url()))
    assert "Moved to" in page
    assert "Alice Johnson: The train" in page


def test_where_the_new_time_is_taken_the_old_one_stands_and_what_is_free_is_shown(cast, visit, signed_in):
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))
    answer = moved_to(signed_in(cast.alice), visit, start=slot_at(2, 11).isoformat(), reason="The train")
    page = words_of(answer)
    assert (answer.status_code, "That time is taken" in page, "The train" in page) == (409, True, True)
    assert slot_at(2, 11, 30).isoformat() in page
    assert visit.booked.begins == slot_at(2, 10)
    assert 'name="overbook" value="" id' not in page.replace('type="hidden" name="overbook"', "")


def test_a_doctor_moves_it_to_any_time(cast, visit, smith, signed_in):
    client = signed_in(smith)
    assert 'name="time"' in words_of(client.get(move_url(visit)))
    moved_to(client, visit, time=timezone.localtime(slot_at(3, 20)).strftime("%Y-%m-%dT%H:%M"))
    assert visit.booked.begins == slot_at(3, 20)


def test_a_patient_moves_a_confirmed_visit_to_offered_times_alone(cast, visit, signed_in):
    for fields in ({"start": slot_at(2, 20).isoformat()}, {"time": at(3)}, {"start": "soon"}, {"start": "\x00"}, {}):
        assert moved_to(signed_in(cast.alice), visit, **fields).status_code == 409
        assert visit.scheduled_time == slot_at(2, 10)


def test_somebody_elses_step_in_between_is_said_and_the_words_are_kept(cast, visit, signed_in):
    visit.cancel(by=cast.smith.user)
    answer = signed_in(cast.alice).post(
        move_url(visit), {"seen": "confirmed", "start": slot_at(2, 11).isoformat(), "reason": "The train"}
    )
    page = words_of(answer)
    assert (answer.status_code, "Jane Smith has set it to cancelled" in page, "The train" in page) == (409, True, True)


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW])
def test_what_cannot_be_moved_is_not_offered_to_be(cast, signed_in, status):
    appointment, client = in_status(cast, status), signed_in(cast.smith)
    assert move_url(appointment) not in words_of(client.get(appointment.get_absolute_url()))
    assert client.get(move_url(appointment)).url == appointment.get_absolute_url()


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_cannot(cast, visit, signed_in, stranger):
    client = signed_in(getattr(cast, stranger))
    paths = [move_url(visit), f"{move_url(visit)}partial/"]
    assert {client.get(path).status_code for path in paths} == {404}
    for path in (move_url(visit), url(visit, "check_in"), url(visit, "correct_no_show")):
        assert client.post(path, {"start": slot_at(2, 11).isoformat()}).status_code == 404
    visit.refresh_from_db()
    assert (visit.scheduled_time, visit.checked_in_at) == (slot_at(2, 10), None)


# --- two visits at one time -----------------------------------------------------------------------------


def test_who_may_overbook_is_asked_why_once_the_time_is_taken(cast, visit, smith, signed_in):
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))
    client, there = signed_in(cast.admin), {"start": slot_at(2, 11).isoformat()}
    assert "Beside the other visit" not in words_of(client.get(move_url(visit), there))
    assert "Beside the other visit, because" in words_of(moved_to(client, visit, **there))
    moved_to(client, visit, **there, overbook="An emergency")
    assert visit.booked.overbooked
    assert "beside another visit" in words_of(client.get(visit.get_absolute_url()))


def test_who_may_not_is_neither_asked_nor_heard(cast, visit, smith, signed_in):
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))
    client, there = signed_in(smith), {"start": slot_at(2, 11).isoformat()}
    assert "Beside the other visit" not in words_of(moved_to(client, visit, **there))
    assert "may not book two visits" in words_of(moved_to(client, visit, **there, overbook="I want to"))
    assert visit.scheduled_time == slot_at(2, 10)


def test_a_request_is_confirmed_beside_another_visit_with_a_reason(cast, visit, smith, signed_in):
    smith.can_overbook = True
    smith.save()
    wish = requested(cast, patient=cast.bob, requested_time=slot_at(2, 10, 15))
    client = signed_in(smith)
    sent = {"confirm-seen": "requested", "confirm-scheduled_time": slot_at(2, 10, 15).strftime("%Y-%m-%dT%H:%M")}
    refused = words_of(client.post(url(wish, "confirm"), sent))
    assert "That time is taken" in refused
    assert "Beside the other visit, because" in refused
    client.post(url(wish, "confirm"), {**sent, "confirm-overbook": "Acute"})
    wish.refresh_from_db()
    assert (wish.status, wish.booked.overbooked) == (Status.CONFIRMED, True)
    assert AppointmentStatusChange.objects.get(appointment=wish, overbooked=True).reason == "Acute"


# --- there, or not --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who, words", [("alice", "I am here"), ("smith", "The patient is here")])
def test_arrival_is_recorded_on_the_day_by_the_patient_or_the_doctor(cast, visit, signed_in, who, words):
    client = signed_in(getattr(cast, who))
    assert words not in words_of(client.get(visit.get_absolute_url()))
    today(visit)
    assert words in words_of(client.get(visit.get_absolute_url()))
    answer = client.post(url(visit, "check_in"))
    page = words_of(client.get(answer.url))
    assert "Arrived" in page
    assert words not in page
    visit.refresh_from_db()
    assert visit.checked_in_by == getattr(cast, who).user


def test_whoever_has_arrived_is_not_offered_as_no_show(cast, visit, smith, signed_in):
    today(visit)
    visit.check_in(by=cast.alice.user)
    Appointment.objects.filter(pk=visit.pk).update(scheduled_time=timezone.now() - timedelta(minutes=1))
    assert "Record that nobody came" not in words_of(signed_in(smith).get(visit.get_absolute_url()))


def test_a_no_show_is_corrected_on_its_page_for_a_day(cast, signed_in):
    appointment = in_status(cast, Status.NO_SHOW)
    client, words = signed_in(cast.smith), "The patient was there after all"
    assert words not in words_of(signed_in(cast.alice).get(appointment.get_absolute_url()))
    assert words in words_of(client.get(appointment.get_absolute_url()))
    client.post(url(appointment, "correct_no_show"), {"correct_no_show-seen": "no_show"})
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED
    assert "recorded as no show by mistake" in words_of(client.get(appointment.get_absolute_url()))


def test_what_was_recorded_longer_ago_is_refused_on_the_page(cast, signed_in):
    appointment = in_status(cast, Status.COMPLETED)
    answer = signed_in(cast.smith).post(url(appointment, "correct_no_show"))
    assert (answer.status_code, "not recorded as no show" in words_of(answer)) == (409, True)


# --- the hour that the clock shows twice ----------------------------------------------------------------


def test_a_request_in_the_hour_shown_twice_is_confirmed_as_it_stands(cast, signed_in, settings):
    settings.TIME_ZONE = "Europe/London"
    office_hours(cast.smith, begins=time(0), ends=time(4))
    sunday = next(
        day
        for day in (timezone.localdate() + timedelta(days=number) for number in range(1, 400))
        if (day.month, day.weekday()) == (10, 6) and day.day > 24
    )
    second = datetime.combine(sunday, time(1, 30), UTC)
    appointment = requested(cast, requested_time=second)
    shown = timezone.localtime(second).strftime("%Y-%m-%dT%H:%M")
    client = signed_in(cast.smith)
    client.post(url(appointment, "confirm"), {"confirm-seen": "requested", "confirm-scheduled_time": shown})
    appointment.refresh_from_db()
    assert (appointment.status, appointment.scheduled_time) == (Status.CONFIRMED, second)
    assert "01:30 GMT" in words_of(client.get(appointment.get_absolute_url()))
    other = requested(cast, patient=cast.bob, requested_time=slot_at(2, 2))
    refused = client.post(url(other, "confirm"), {"confirm-seen": "requested", "confirm-scheduled_time": shown})
    assert refused.status_code == 409
    assert BookedTime.objects.filter(appointment=appointment).exists()
