"""Who moves a visit decides by what they saw: what somebody else did meanwhile is not undone by an old page."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from accounts.refusals import IllegalStep
from appointments.models import Appointment
from tests.appointments.leaving import leaves
from tests.appointments.making import requested, words_of
from tests.appointments.opening import office_hours, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast):
    """Alice's with Smith, confirmed."""
    office_hours(cast.smith)
    appointment = requested(cast, requested_time=slot_at(2, 10))
    appointment.confirm(by=cast.smith.user)
    return Appointment.objects.get(pk=appointment.pk)


def move_url(appointment):
    return reverse("appointments:move", args=[appointment.pk])


def fields_of(client, appointment, **query):
    """What the form of the page sends, as it is opened now."""
    page = words_of(client.get(move_url(appointment), query))
    return dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)) | {"reason": ""}


def where(appointment):
    now = Appointment.objects.get(pk=appointment.pk)
    return now.doctor, now.time, now.history.count()


def test_an_old_page_does_not_undo_what_the_patient_chose(cast, visit, signed_in):
    office_hours(cast.brown)
    leaves(cast.smith)
    administrator = signed_in(cast.admin)
    sent = fields_of(administrator, visit, doctor=str(cast.brown.pk), start=slot_at(2, 15).isoformat())
    Appointment.objects.get().reschedule(by=cast.alice.user, doctor=cast.brown, time=slot_at(3, 9))
    answer = administrator.post(move_url(visit), sent)
    assert (answer.status_code, "Meanwhile Alice Johnson has moved it." in words_of(answer)) == (409, True)
    assert where(visit) == (cast.brown, slot_at(3, 9), 3)


def test_who_was_told_has_seen_it_and_may_go_on(cast, visit, signed_in):
    client = signed_in(cast.smith)
    sent = fields_of(client, visit, start=slot_at(2, 15).isoformat())
    Appointment.objects.get().reschedule(by=cast.alice.user, time=slot_at(3, 9))
    page = words_of(client.post(move_url(visit), sent))
    assert f'name="seen_time" value="{Appointment.objects.get().time.isoformat()}"' in page
    again = {**sent, "seen_time": slot_at(3, 9).isoformat()}
    assert client.post(move_url(visit), again).status_code == 302
    assert where(visit) == (cast.smith, slot_at(2, 15), 4)


def test_the_same_time_from_two_tabs_moves_it_once(cast, visit, signed_in):
    client = signed_in(cast.alice)
    sent = fields_of(client, visit, start=slot_at(2, 15).isoformat())
    assert client.post(move_url(visit), sent).status_code == 302
    answer = client.post(move_url(visit), sent)
    assert (answer.status_code, "Nothing was changed" in words_of(answer)) == (409, True)
    assert where(visit) == (cast.smith, slot_at(2, 15), 3)


def test_a_move_to_where_it_is_is_refused_and_leaves_no_line(cast, visit):
    with pytest.raises(IllegalStep, match="already") as refused:
        visit.reschedule(by=cast.smith.user, time=slot_at(2, 10))
    assert (refused.value.code, visit.history.count()) == ("unchanged", 2)


def test_a_wish_for_a_time_that_is_published_by_now_may_be_kept(cast):
    wish = requested(cast, requested_time=slot_at(2, 10))
    office_hours(cast.smith)
    wish.reschedule(by=cast.alice.user, time=slot_at(2, 10))
    assert wish.booked.begins == slot_at(2, 10)
    with pytest.raises(IllegalStep, match="already"):
        wish.reschedule(by=cast.alice.user, time=slot_at(2, 10))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_it_at_once_the_second_is_told(cast, visit):
    users, times, together = (cast.alice.user, cast.admin), (slot_at(2, 15), slot_at(3, 9)), Barrier(2)

    def move(number):
        seen = Appointment.objects.get(pk=visit.pk)
        together.wait(10)
        try:
            seen.reschedule(by=users[number], time=times[number])
            return "moved"
        except IllegalStep as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, range(2))) == ["moved", "stale"]
    assert visit.history.count() == 3


@pytest.mark.parametrize(
    "seen", [{"seen_time": "soon"}, {"seen_time": "9999-12-31T23:59:59-23:59"}, {"seen_doctor": "x"}]
)
def test_what_no_page_says_is_no_error_of_ours_and_moves_nothing(cast, visit, signed_in, seen):
    sent = {"seen": "confirmed", "start": slot_at(2, 15).isoformat(), **seen}
    assert signed_in(cast.alice).post(move_url(visit), sent).status_code == 409
    assert where(visit) == (cast.smith, slot_at(2, 10), 2)


def test_over_rest_who_says_what_they_saw_is_told_too(cast, visit, api):
    client, url = api(cast.smith), f"/api/v1/appointments/{visit.pk}"
    seen = client.get(url).json()
    sent = {"time": slot_at(2, 15).isoformat(), "seen_time": seen["scheduled_time"]}
    visit.reschedule(by=cast.alice.user, time=slot_at(3, 9))
    for stale in ({}, {"seen_time": slot_at(3, 9).isoformat(), "seen_doctor_id": str(cast.brown.pk)}):
        answer = client.post(f"{url}/reschedule", {**sent, **stale})
        assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert client.post(f"{url}/reschedule", {**sent, "seen_time": "soon"}).status_code == 400
    now = {"seen_time": slot_at(3, 9).isoformat(), "seen_doctor_id": str(cast.smith.pk)}
    assert client.post(f"{url}/reschedule", {**sent, **now}).status_code == 200
    assert client.post(f"{url}/reschedule", {"time": sent["time"]}).json()["code"] == "unchanged"


# --- words ----------------------------------------------------------------------------------------------


def test_a_time_that_must_be_given_is_not_said_to_be_left_out(cast, visit, signed_in):
    client = signed_in(cast.smith)
    label = words_of(client.get(move_url(visit))).split('for="id_time"')[1].split("</label>")[0]
    assert "left out" not in label
    answer = client.post(move_url(visit), {"seen": "confirmed", "time": ""})
    assert (answer.status_code, 'href="#id_time"' in words_of(answer)) == (409, True)


@pytest.mark.parametrize("has_left", [False, True])
def test_where_nothing_is_free_a_move_offers_no_wish(cast, visit, signed_in, has_left):
    if has_left:
        leaves(cast.smith)
    cast.smith.availability.all().delete()
    page = words_of(signed_in(cast.admin).get(move_url(visit), {"doctor": str(cast.brown.pk)}))
    assert ("Nor in the two months after." in page, "Wish for" in page) == (True, False)
    assert ("Choose another doctor." in page) is has_left
