"""A visit whose doctor no longer works here goes to another: the same visit, with its whole history."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import User
from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import TimeTaken
from appointments.models import Appointment, BookedTime
from appointments.tasks import send_invitation
from notifications.channels import doctor_channel, patient_channel
from notifications.models import Notification
from tests.appointments.leaving import covered, leaves
from tests.appointments.making import requested, words_of
from tests.appointments.opening import office_hours, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast):
    """Alice's with Smith, who has left; Brown can be visited from nine to five."""
    appointment = requested(cast, requested_time=slot_at(2, 10))
    appointment.confirm(by=cast.smith.user)
    office_hours(cast.brown)
    leaves(cast.smith)
    return Appointment.objects.get(pk=appointment.pk)


def move_url(appointment):
    return reverse("appointments:move", args=[appointment.pk])


def test_it_keeps_its_identity_its_time_if_that_is_free_and_its_history(cast, visit):
    visit.reschedule(by=cast.admin, doctor=cast.brown, time=slot_at(2, 10), reason="Dr. Smith has left")
    visit.refresh_from_db()
    assert (visit.doctor, visit.status, visit.scheduled_time) == (cast.brown, "confirmed", slot_at(2, 10))
    assert [line.doctor_id for line in visit.history.all()] == [cast.smith.pk, cast.smith.pk, cast.brown.pk]
    assert BookedTime.objects.get().doctor == cast.brown
    assert not Appointment.objects.without_doctor()


def test_the_patient_and_the_new_doctor_are_told(cast, visit):
    before = Notification.objects.count()
    visit.reschedule(by=cast.admin, doctor=cast.brown, time=slot_at(3, 11))
    told = Notification.objects.order_by("created_at")[before:]
    assert {(row.stream_id, row.body["new_status"]) for row in told} == {
        (patient_channel(cast.alice.pk), "Confirmed"),
        (doctor_channel(cast.brown.pk), "Confirmed"),
    }


def test_a_calendar_is_told_that_it_is_with_another_doctor(cast, visit):
    visit.reschedule(by=cast.admin, doctor=cast.brown, time=visit.time)
    send_invitation.func(change_id=visit.last_change().pk, person_id=str(cast.alice.pk))
    (letter,) = mail.outbox
    assert letter.subject == "Your appointment is with another doctor"
    assert "your appointment is with another doctor now" in letter.body
    assert "Brown" not in letter.body


def test_a_taken_time_is_refused_and_it_stays_where_it_was(cast, visit):
    requested(cast, patient=cast.bob, doctor=cast.brown, requested_time=slot_at(2, 11))
    with pytest.raises(TimeTaken):
        visit.reschedule(by=cast.admin, doctor=cast.brown, time=slot_at(2, 11))
    visit.refresh_from_db()
    assert (visit.doctor, visit.booked.begins) == (cast.smith, slot_at(2, 10))


@pytest.mark.parametrize("who", ["alice", "brown"])
def test_the_patient_and_whoever_covers_give_it_a_slot_that_a_doctor_has_published(cast, visit, who):
    covered(cast.smith, cast.brown)
    office_hours(cast.trainee)
    by = getattr(cast, who).user
    with pytest.raises(NotAllowed, match="that the doctor offers"):
        visit.reschedule(by=by, doctor=cast.trainee, time=slot_at(2, 20))
    visit = Appointment.objects.get()
    visit.reschedule(by=by, doctor=cast.trainee, time=slot_at(2, 9))
    assert (visit.doctor, visit.status) == (cast.trainee, "confirmed")


def test_whoever_covers_takes_it_over_at_any_time(cast, visit):
    covered(cast.smith, cast.brown)
    visit.reschedule(by=cast.brown.user, doctor=cast.brown, time=slot_at(2, 20))
    assert (visit.doctor, visit.scheduled_time) == (cast.brown, slot_at(2, 20))


@pytest.mark.parametrize("who", ["bob", "brown", "charlie", "stranger"])
def test_the_stranger_cannot(cast, visit, who, api, signed_in):
    stranger = getattr(cast, who)
    with pytest.raises(NotAllowed):
        visit.reschedule(by=stranger.user, doctor=cast.brown, time=slot_at(2, 9))
    sent = {"doctor_id": str(cast.brown.pk), "time": slot_at(2, 9).isoformat()}
    assert api(stranger).post(f"/api/v1/appointments/{visit.pk}/reschedule", sent).status_code == 404
    sent = {"doctor": str(cast.brown.pk), "start": slot_at(2, 9).isoformat()}
    assert signed_in(stranger).post(move_url(visit), sent).status_code == 404


def test_not_to_a_doctor_who_has_left_as_well(cast, visit):
    leaves(cast.brown)
    with pytest.raises(IllegalStep, match="no longer works here"):
        visit.reschedule(by=cast.admin, doctor=cast.brown, time=slot_at(2, 9))


def test_a_visit_whose_doctor_works_here_stays_with_them_and_so_does_a_request(cast):
    request = requested(cast, requested_time=slot_at(2, 10))
    visit = requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))
    visit.confirm(by=cast.smith.user)
    for one in (request, visit):
        with pytest.raises(IllegalStep, match="Its doctor works here"):
            one.reschedule(by=cast.admin, doctor=cast.brown, time=slot_at(2, 9))


@pytest.mark.django_db(transaction=True)
def test_nobody_confirms_a_visit_with_a_doctor_who_is_just_leaving(cast):
    request = requested(cast, requested_time=slot_at(2, 10))
    leaving, may_commit = threading.Event(), threading.Event()

    def leave_slowly():
        try:
            with transaction.atomic():
                leaves(cast.smith)
                leaving.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    def confirm():
        try:
            request.confirm(by=cast.admin)
        except IllegalStep as refused:
            return refused.code
        finally:
            connection.close()

    assert User.objects.get(pk=cast.smith.pk).is_active
    cast.admin  # noqa: B018  # is there
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(leave_slowly)
        assert leaving.wait(10)
        answer = pool.submit(confirm)
        with pytest.raises(TimeoutError):
            answer.result(0.3)
        may_commit.set()
        slow.result(10)
        assert answer.result(10) == "doctor_has_left"


# --- pages and REST -------------------------------------------------------------------------------------


def test_the_list_leads_to_the_free_times_of_whoever_covers(cast, visit, signed_in):
    covered(cast.smith, cast.brown)
    client = signed_in(cast.admin)
    assert move_url(visit) in words_of(client.get("/appointments/without-doctor/"))
    page = words_of(client.get(move_url(visit)))
    assert f'<option value="{cast.brown.pk}" selected>' in page
    assert f'<option value="{cast.smith.pk}"' not in page
    assert f'value="{slot_at(2, 10).isoformat()}"' in page, "the time that it has now is free with another doctor"
    there = {"doctor": str(cast.brown.pk), "start": slot_at(2, 10).isoformat()}
    chosen = words_of(client.get(move_url(visit), there))
    assert "Dr. Emily Brown</h2>" in chosen
    answer = client.post(move_url(visit), {"seen": "confirmed", **there, "reason": "Dr. Smith has left"}, follow=True)
    assert "with Dr. Emily Brown: Alice Johnson." in words_of(answer)
    assert "Moved to Dr. Emily Brown, " in words_of(client.get(visit.get_absolute_url()))
    visit.refresh_from_db()
    assert visit.doctor == cast.brown


def test_a_patient_chooses_a_doctor_and_then_a_time(cast, visit, signed_in):
    client = signed_in(cast.alice)
    assert move_url(visit) in words_of(client.get(visit.get_absolute_url()))
    assert move_url(visit) in words_of(client.get("/"))
    page = words_of(client.get(move_url(visit)))
    assert "Choose a doctor" in page
    assert 'name="start"' not in page
    page = words_of(client.get(move_url(visit), {"doctor": str(cast.brown.pk)}))
    assert f'value="{slot_at(2, 11).isoformat()}"' in page
    assert 'name="time"' not in page
    partial = client.get(f"{move_url(visit)}partial/", {"doctor": str(cast.brown.pk)})
    assert f'value="{slot_at(2, 11).isoformat()}"' in words_of(partial)
    client.post(move_url(visit), {"doctor": str(cast.brown.pk), "start": slot_at(2, 11).isoformat()})
    visit.refresh_from_db()
    assert (visit.doctor, visit.scheduled_time) == (cast.brown, slot_at(2, 11))
    assert "no longer works here" not in words_of(client.get(visit.get_absolute_url()))


def test_whoever_covers_gives_it_to_a_third_and_is_back_at_the_list(cast, visit, signed_in):
    covered(cast.smith, cast.brown)
    office_hours(cast.trainee, begins=time(8))
    client = signed_in(cast.brown)
    sent = {"doctor": str(cast.trainee.pk), "start": slot_at(2, 9).isoformat()}
    answer = client.post(move_url(visit), sent, follow=True)
    assert answer.redirect_chain[-1][0] == "/appointments/without-doctor/"
    assert "with Dr. Tom Young: Alice Johnson." in words_of(answer)


@pytest.mark.parametrize("doctor", ["", "nonsense", "\x00", "0d9b7c1e-5f3a-4b8e-9c61-7a2f4e8d1b30"])
def test_who_is_no_doctor_is_no_error_of_ours(cast, visit, signed_in, doctor):
    client = signed_in(cast.alice)
    assert client.get(move_url(visit), {"doctor": doctor}).status_code == 200
    assert client.get(f"{move_url(visit)}partial/", {"doctor": doctor}).status_code == 400
    answer = client.post(move_url(visit), {"doctor": doctor, "start": slot_at(2, 11).isoformat()})
    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.doctor == cast.smith


def test_over_rest(cast, visit, api):
    client, url = api(cast.admin), f"/api/v1/appointments/{visit.pk}"
    listed = client.get("/api/v1/appointments?without_doctor=true").json()["results"]
    assert [(row["id"], row["needs_another_doctor"]) for row in listed] == [(str(visit.pk), True)]
    assert api(cast.alice).get("/api/v1/appointments?without_doctor=true").json()["results"] == []
    refused = client.post(f"{url}/reschedule", {"time": slot_at(2, 12).isoformat()})
    assert (refused.status_code, refused.json()["code"]) == (409, "doctor_has_left")
    unknown = {"time": slot_at(2, 12).isoformat(), "doctor_id": str(cast.smith.pk)}
    assert "doctor_id" in client.post(f"{url}/reschedule", unknown).json()["errors"]
    answer = client.post(f"{url}/reschedule", {**unknown, "doctor_id": str(cast.brown.pk)})
    assert (answer.status_code, answer.json()["doctor_id"]) == (200, str(cast.brown.pk))
    assert [line["doctor_id"] for line in answer.json()["history"]][-2:] == [str(cast.smith.pk), str(cast.brown.pk)]
    assert answer.json()["needs_another_doctor"] is False
