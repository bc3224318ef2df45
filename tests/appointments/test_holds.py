"""A slot is kept while its form is filled: five minutes, one a person, then free again, and open pages hear of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import TimeTaken, hold
from appointments.calendar import free_slots
from appointments.holds import HELD_FOR, free_what_lapsed, held_by, hold_slot, let_go
from appointments.models import Absence, Appointment, BookedTime
from notifications.channels import EVERY_SESSION
from tests.appointments.making import in_days, in_status, requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.at_once import at_once
from tests.cast import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def holding(cast, *, patient=None, by=None, hour=10, minute=0, doctor=None):
    patient = patient or cast.alice
    by = getattr(by, "user", by) or patient.user
    start = slot_at(2, hour, minute)
    return hold_slot(by=by, patient=patient, doctor=doctor or cast.smith, kind=consultation(), start=start)


def run_out(held):
    BookedTime.objects.filter(pk=held.pk).update(held_until=timezone.now() - timedelta(seconds=1))


def free_at(smith, hour, minute=0, **who):
    day = timezone.localdate() + timedelta(days=2)
    return slot_at(2, hour, minute) in {slot.start for slot in free_slots(smith, day, day, consultation(), **who)}


def test_it_is_kept_for_five_minutes_and_others_are_told_what_else_there_is(cast, smith):
    held = holding(cast)
    assert timedelta(0) < held.held_until - timezone.now() <= HELD_FOR == timedelta(minutes=5)
    with pytest.raises(TimeTaken) as refused:
        requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))
    assert refused.value.more()["alternatives"][0]["start"] == slot_at(2, 10, 30)
    with pytest.raises(TimeTaken):
        holding(cast, patient=cast.bob)


def test_to_its_holder_it_is_free_and_to_others_not(cast, smith):
    holding(cast)
    assert free_at(smith, 10, by=cast.alice.user)
    assert not free_at(smith, 10, by=cast.bob.user)
    assert not free_at(smith, 10)


def test_who_holds_it_books_it_and_the_hold_is_used_up(cast, smith):
    holding(cast)
    appointment = requested(cast, requested_time=slot_at(2, 10))
    assert BookedTime.objects.get().appointment == appointment


def test_what_is_held_makes_way_for_what_its_holder_books_across_it(cast, smith):
    holding(cast)
    appointment = requested(cast, requested_time=slot_at(2, 20))
    appointment.confirm(by=cast.admin, scheduled_time=slot_at(2, 15))
    holding(cast, by=smith, patient=cast.alice, hour=16)
    appointment.reschedule(by=smith.user, time=slot_at(2, 16))
    assert not held_by(smith.user).exists()
    assert held_by(cast.alice.user).exists()


def test_one_person_keeps_one_slot_and_the_earlier_one_is_free(cast, smith):
    holding(cast)
    holding(cast, hour=11)
    assert BookedTime.objects.get().begins == slot_at(2, 11)
    assert free_at(smith, 10)


def test_where_the_new_slot_is_taken_the_old_one_stays(cast, smith):
    holding(cast)
    holding(cast, patient=cast.bob, hour=11)
    with pytest.raises(TimeTaken):
        holding(cast, hour=11)
    assert held_by(cast.alice.user).get().begins == slot_at(2, 10)


def test_the_same_slot_again_begins_anew(cast, smith):
    first = holding(cast)
    BookedTime.objects.filter(pk=first.pk).update(held_until=timezone.now() + timedelta(seconds=20))
    assert holding(cast).held_until > timezone.now() + timedelta(minutes=4)


def test_what_ran_out_is_free_whether_or_not_anybody_has_cleared_it(cast, smith):
    held = holding(cast)
    run_out(held)
    assert free_at(smith, 10, by=cast.bob.user)
    assert not held_by(cast.alice.user).exists()
    assert requested(cast, patient=cast.bob, requested_time=slot_at(2, 10)).booked


def test_who_comes_back_after_it_ran_out_books_it_all_the_same_if_nobody_else_has(cast, smith):
    run_out(holding(cast))
    assert requested(cast, requested_time=slot_at(2, 10)).booked


def test_the_clock_frees_what_ran_out_and_nothing_else(cast, smith):
    run_out(holding(cast))
    stands = holding(cast, patient=cast.bob, hour=11)
    requested(cast, patient=cast.charlie, requested_time=slot_at(2, 12))
    assert free_what_lapsed() == 1
    assert BookedTime.objects.filter(pk=stands.pk).exists()
    assert BookedTime.objects.count() == 2


def test_a_time_that_is_not_offered_is_not_kept(cast, smith):
    for hour, minute in [(20, 0), (10, 5)]:
        with pytest.raises(IllegalStep) as refused:
            holding(cast, hour=hour, minute=minute)
        assert refused.value.code == "not_offered"
    Absence.objects.create(doctor=smith, begins=slot_at(2, 9), ends=slot_at(2, 12))
    with pytest.raises(IllegalStep):
        holding(cast)


def test_one_holds_for_whom_one_may_ask(cast, smith):
    for by, patient in [(cast.charlie, cast.alice), (smith, cast.alice), (cast.brown, cast.alice)]:
        with pytest.raises(NotAllowed):
            holding(cast, by=by, patient=patient)
    in_status(cast, "requested")
    assert holding(cast, by=smith).held_by == smith.user
    assert holding(cast, by=cast.admin, patient=cast.bob, hour=11).patient == cast.bob


def test_the_database_knows_one_hold_a_person(cast, smith):
    holding(cast)
    with pytest.raises(IntegrityError, match="booked_time_one_hold_a_person"), transaction.atomic():
        row = {"begins": slot_at(2, 12), "ends": slot_at(2, 13), "blocked_until": slot_at(2, 13)}
        BookedTime.objects.create(
            doctor=smith, patient=cast.alice, kind=consultation(), held_until=in_days(1), held_by=cast.alice.user, **row
        )


def test_an_appointments_time_has_no_holder(cast, smith):
    booked = requested(cast, requested_time=slot_at(2, 10)).booked
    with pytest.raises(IntegrityError, match="only_a_hold_has_a_holder"), transaction.atomic():
        BookedTime.objects.filter(pk=booked.pk).update(held_by=cast.alice.user)


def test_a_hold_of_nobodys_is_no_ones_only_one(cast, smith):
    with transaction.atomic():
        for hour, patient in [(10, cast.alice), (11, cast.bob)]:
            hold(smith, patient, consultation(), slot_at(2, hour), until=in_days(1))
    assert BookedTime.objects.count() == 2


# --- open pages -----------------------------------------------------------------------------------------


@pytest.fixture
def told(smith, outbox, django_capture_on_commit_callbacks):
    """What open pages of everyone hear of, while it is done."""

    def of(act):
        outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return {sent["topic"] for sent in outbox if sent["channel"] == EVERY_SESSION}

    return of


def test_open_pages_hear_of_every_slot_that_is_taken_or_freed(cast, smith, told):
    calendar = {f"calendar:{smith.pk}"}
    assert told(lambda: holding(cast)) == calendar
    assert told(lambda: let_go(held_by(cast.alice.user).get())) == calendar
    run_out(holding(cast))
    assert told(free_what_lapsed) == calendar
    assert told(free_what_lapsed) == set()
    assert told(lambda: requested(cast, requested_time=slot_at(2, 10))) == calendar
    appointment = Appointment.objects.get()
    assert told(lambda: appointment.reschedule(by=cast.alice.user, time=slot_at(2, 11))) == calendar
    assert told(lambda: appointment.cancel(by=cast.alice.user)) == calendar


def test_open_pages_hear_of_hours_and_absences(cast, smith, told):
    assert told(lambda: Absence.objects.create(doctor=smith, begins=in_days(1), ends=in_days(2))) == {
        f"calendar:{smith.pk}"
    }
    assert told(lambda: Absence.objects.create(begins=in_days(1), ends=in_days(2))) == {"calendar"}
    assert told(lambda: smith.availability.first().delete()) == {f"calendar:{smith.pk}"}


def test_what_they_hear_says_nothing_of_the_patient(cast, smith, outbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        holding(cast)
    (frame,) = [sent for sent in outbox if sent["channel"] == EVERY_SESSION]
    assert set(frame) == {"channel", "type", "topic"}


# --- over REST, and at once -----------------------------------------------------------------------------


def url_of(doctor):
    return f"/api/v1/doctors/{doctor.pk}/holds"


def test_over_rest_a_slot_is_held_seen_and_given_back(cast, smith, api):
    client = api(cast.alice)
    answer = client.post(url_of(smith), {"start": slot_at(2, 10).isoformat()})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["kind"], body["patient_id"], body["doctor_id"]) == ("consultation", str(cast.alice.pk), str(smith.pk))
    assert (body["start"], body["end"]) == tuple(
        time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in (slot_at(2, 10), slot_at(2, 10, 30))
    )
    assert body["held_until"].endswith("Z")
    one = f"/api/v1/holds/{body['id']}"
    assert client.get(one).json() == body
    for stranger in (cast.charlie, smith, cast.admin):
        assert api(stranger).get(one).status_code == 404
        assert api(stranger).delete(one).status_code == 404
    assert client.delete(one).status_code == 204
    assert client.delete(one).status_code == 404
    assert not BookedTime.objects.exists()


def test_over_rest_it_is_booked_as_any_slot(cast, smith, api):
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    api(cast.alice).post(url_of(smith), {"start": slot_at(2, 10).isoformat()})
    seen = [
        api(who).get(f"/api/v1/doctors/{smith.pk}/slots", {"from": day, "to": day}).json()["results"]
        for who in (cast.alice, cast.bob)
    ]
    assert [len(slots) for slots in seen] == [16, 15]
    body = {"doctor_id": str(smith.pk), "requested_time": slot_at(2, 10).isoformat(), "reason": "Checkup"}
    refused = api(cast.bob).post("/api/v1/appointments", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert refused.json()["alternatives"]
    assert api(cast.alice).post("/api/v1/appointments", body).status_code == 201


@pytest.mark.parametrize(
    "body, status",
    [
        ({}, 400),
        ({"start": "soon"}, 400),
        ({"start": None}, 400),
        ({"start": ["2027-01-01T10:00:00Z"]}, 400),
        ({"start": "2020-01-01T10:00:00Z"}, 400),
        ({"start": "9999-12-31T23:59:00Z"}, 400),
        ({"kind": "nonsense"}, 400),
        ({"kind": "a\x00b"}, 400),
        ({"patient_id": "nonsense"}, 400),
    ],
)
def test_what_cannot_be_held_is_said(cast, smith, api, body, status):
    start = {"start": slot_at(2, 10).isoformat()} if "start" not in body and body else {}
    assert api(cast.alice).post(url_of(smith), {**start, **body}).status_code == status
    assert not BookedTime.objects.exists()


def test_over_rest_the_stranger_cannot(cast, smith, api):
    start = {"start": slot_at(2, 10).isoformat()}
    assert api(None).post(url_of(smith), start).status_code == 401
    assert api(cast.charlie).post(url_of(smith), {**start, "patient_id": str(cast.alice.pk)}).status_code == 400
    assert api(cast.smith).post(url_of(smith), start).status_code == 400
    late = api(cast.alice).post(url_of(smith), {"start": slot_at(2, 20).isoformat()})
    assert (late.status_code, late.json()["code"]) == (409, "not_offered")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reach_for_one_slot_at_once_one_holds_it(cast):
    office_hours(cast.smith)
    consultation()
    patients = [make_patient(f"p{number}@example.com", "P", str(number)) for number in range(8)]
    answers = at_once(*[lambda patient=patient: holding(cast, patient=patient) for patient in patients])
    assert sum(isinstance(answer, TimeTaken) for answer in answers) == 7
    assert BookedTime.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_person_at_once_leave_one_hold_and_refuse_none(cast):
    for doctor in (cast.smith, cast.brown):
        office_hours(doctor)
    consultation()
    wanted = [(cast.alice, cast.smith, 10), (cast.bob, cast.brown, 11), (cast.charlie, cast.smith, 12)] * 2
    answers = at_once(
        *[
            lambda patient=patient, doctor=doctor, hour=hour: holding(
                cast, by=cast.admin, patient=patient, doctor=doctor, hour=hour
            )
            for patient, doctor, hour in wanted
        ]
    )
    assert not any(isinstance(answer, TimeTaken) for answer in answers)
    assert held_by(cast.admin).count() == BookedTime.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_takes_over_what_ran_out_and_the_clock_do_not_wait_for_each_other(cast):
    office_hours(cast.smith)
    consultation()
    for hour, patient in [(10, cast.alice), (11, cast.bob)]:
        run_out(holding(cast, patient=patient, hour=hour))
    answers = at_once(lambda: holding(cast, patient=cast.charlie), free_what_lapsed, free_what_lapsed)
    assert not any(isinstance(answer, TimeTaken) for answer in answers)
    assert BookedTime.objects.get().patient == cast.charlie
