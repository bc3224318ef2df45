"""Nobody is in two places at once: by the verbs, and by the database whatever the verbs do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from appointments.booked_time import TimeTaken, hold
from appointments.models import Appointment, BookedTime
from tests.appointments.making import in_days, requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.cast import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def test_a_request_for_a_published_slot_has_it(cast, smith):
    appointment = requested(cast, requested_time=slot_at(2, 10))
    assert (appointment.status, appointment.booked.begins) == ("requested", slot_at(2, 10))


def test_the_next_one_to_ask_is_told_and_gets_alternatives(cast, smith):
    requested(cast, requested_time=slot_at(2, 10))
    with pytest.raises(TimeTaken) as refused:
        requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))
    assert refused.value.code == "slot_taken"
    assert [row["start"] for row in refused.value.more()["alternatives"]][:2] == [slot_at(2, 10, 30), slot_at(2, 11)]
    assert Appointment.objects.count() == 1


def test_a_patient_is_not_with_two_doctors(cast, smith):
    office_hours(cast.brown)
    requested(cast, requested_time=slot_at(2, 10))
    with pytest.raises(TimeTaken) as refused:
        requested(cast, doctor=cast.brown, requested_time=slot_at(2, 10))
    assert refused.value.code == "patient_busy"
    assert refused.value.more()["alternatives"][0]["start"] == slot_at(2, 10, 30)


def test_a_wish_outside_the_published_times_occupies_nothing_until_it_is_confirmed(cast, smith):
    wishes = [requested(cast, patient=who, requested_time=slot_at(2, 20)) for who in (cast.alice, cast.bob)]
    assert not BookedTime.objects.exists()
    wishes[0].confirm(by=smith.user)
    with pytest.raises(TimeTaken):
        wishes[1].confirm(by=smith.user)
    wishes[1].refresh_from_db()
    assert wishes[1].status == "requested"


def test_a_time_between_two_slots_is_a_wish(cast, smith):
    assert not BookedTime.objects.filter(appointment=requested(cast, requested_time=slot_at(2, 10, 5))).exists()


def test_confirmed_at_another_time_the_slot_is_free_again(cast, smith):
    appointment = requested(cast, requested_time=slot_at(2, 10))
    appointment.confirm(by=smith.user, scheduled_time=slot_at(3, 11))
    assert BookedTime.objects.get().begins == slot_at(3, 11)
    requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))


def test_an_hour_and_a_half_hour_that_overlap_are_refused(cast, smith):
    requested(cast, requested_time=slot_at(2, 10)).confirm(by=smith.user)
    wish = requested(cast, patient=cast.bob, requested_time=slot_at(2, 9, 45))
    with pytest.raises(TimeTaken):
        wish.confirm(by=smith.user)


def test_what_touches_does_not_overlap(cast, smith):
    requested(cast, requested_time=slot_at(2, 10))
    assert requested(cast, patient=cast.bob, requested_time=slot_at(2, 10, 30)).booked


@pytest.mark.parametrize("end", ["cancel", "complete", "mark_no_show"])
def test_what_is_over_occupies_nothing(cast, smith, end):
    appointment = requested(cast, requested_time=slot_at(2, 10))
    if end != "cancel":
        appointment.confirm(by=smith.user)
    if end == "complete":
        appointment.start(by=smith.user)
    if end == "mark_no_show":
        Appointment.objects.filter(pk=appointment.pk).update(scheduled_time=in_days(-1))
        appointment.refresh_from_db()
    assert BookedTime.objects.exists()
    getattr(appointment, end)(by=smith.user)
    assert not BookedTime.objects.exists()


def test_a_hold_keeps_others_out_until_it_runs_out(cast, smith):
    with transaction.atomic():
        held = hold(smith, cast.bob, consultation(), slot_at(2, 10), until=in_days(1))
    with pytest.raises(TimeTaken):
        requested(cast, requested_time=slot_at(2, 10))
    BookedTime.objects.filter(pk=held.pk).update(held_until=in_days(-1))
    assert requested(cast, requested_time=slot_at(2, 10)).booked
    assert not BookedTime.objects.filter(pk=held.pk).exists()


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(minutes=-20), timedelta(minutes=20)])
@pytest.mark.parametrize("same", ["doctor", "patient"])
def test_the_database_itself_refuses_two_at_once(cast, smith, shift, same):
    first = requested(cast, requested_time=slot_at(2, 10)).booked
    people = (
        {"doctor": smith, "patient": cast.bob} if same == "doctor" else {"doctor": cast.brown, "patient": cast.alice}
    )
    begins = first.begins + shift
    row = {"begins": begins, "ends": begins + timedelta(minutes=30), "blocked_until": begins + timedelta(minutes=30)}
    with pytest.raises(IntegrityError, match=f"{same}_booked_once"), transaction.atomic():
        BookedTime.objects.create(kind=consultation(), held_until=in_days(1), **people, **row)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_ask_for_one_slot_at_once_one_gets_it(cast, api):
    office_hours(cast.smith)
    patients = [make_patient(f"p{number}@example.com", "P", str(number)) for number in range(50)]
    clients, together = [api(patient) for patient in patients], Barrier(50)
    body = {"doctor_id": str(cast.smith.pk), "requested_time": slot_at(2, 10).isoformat(), "reason": "Checkup"}

    def ask(client):
        together.wait(60)
        try:
            return client.post("/api/v1/appointments", body, format="json")
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, clients))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {answer["code"] for answer in refused} <= {"slot_taken", "patient_busy"}
    assert all(answer["alternatives"] for answer in refused)
    assert Appointment.objects.count() == 1
