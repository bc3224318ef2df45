"""Two at once: each offer has one outcome, each slot one owner, whoever and however many act."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep
from appointments.booked_time import TimeTaken
from appointments.models import Appointment, BookedTime, FreedTime, SlotOffer
from appointments.offering import hand_on
from appointments.slot_offers import let_run_out
from notifications.models import Notification
from tests.appointments.making import requested
from tests.appointments.opening import office_hours, slot_at
from tests.appointments.waiting import offered, time_passes, visit, waits, waits_without
from tests.at_once import at_once
from tests.cast import make_patient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer(cast):
    """Of the day after tomorrow at ten, to Alice, who has a visit in nine days. Bob is next, and has none."""
    office_hours(cast.smith)
    early = visit(cast, cast.charlie, 2)
    waits(visit(cast, cast.alice, 9))
    waits_without(cast, cast.bob)
    early.cancel(by=cast.charlie.user)
    offered()
    return SlotOffer.objects.get()


def fresh(offer):
    return SlotOffer.objects.with_people().get(pk=offer.pk)


def test_a_claim_that_is_first_keeps_the_clock_out(cast, offer):
    claiming, may_commit = threading.Event(), threading.Event()

    def claim_slowly():
        try:
            with transaction.atomic():
                fresh(offer).claim(by=cast.alice.user)
                claiming.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(claim_slowly)
        assert claiming.wait(10)
        assert let_run_out(offer.expires_at) == 0
        may_commit.set()
        slow.result(10)
    assert let_run_out(offer.expires_at) == 0
    assert fresh(offer).answer == "claimed"


def test_a_clock_that_is_first_keeps_the_claim_out(cast, offer):
    closing, may_commit = threading.Event(), threading.Event()

    def close_slowly():
        try:
            with transaction.atomic():
                assert let_run_out(offer.expires_at) == 1
                closing.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    seen = fresh(offer)  # while it was open still

    def claim():
        try:
            seen.claim(by=cast.alice.user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(close_slowly)
        assert closing.wait(10)
        late = pool.submit(claim)
        may_commit.set()
        slow.result(10)
        with pytest.raises(IllegalStep, match="over"):
            late.result(10)
    assert Appointment.objects.get(pk=offer.entry.appointment_id).scheduled_time == slot_at(9, 10)
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]


def test_of_two_who_want_the_slot_the_one_it_is_kept_for_has_it(cast, offer):
    dora = make_patient("dora@example.com", "Dora", "Diaz")
    claimed, refused = at_once(
        lambda: fresh(offer).claim(by=cast.alice.user),
        lambda: requested(cast, patient=dora, requested_time=slot_at(2, 10)),
    )
    assert claimed.scheduled_time == slot_at(2, 10)
    assert isinstance(refused, TimeTaken)
    assert BookedTime.objects.get(begins=slot_at(2, 10)).patient == cast.alice


def test_claimed_in_two_tabs_at_once_it_is_claimed_once(cast, offer):
    outcomes = at_once(*[lambda: fresh(offer).claim(by=cast.alice.user)] * 2)
    assert sorted(isinstance(outcome, IllegalStep) for outcome in outcomes) == [False, True]
    assert Appointment.objects.get(pk=offer.entry.appointment_id).history.count() == 3


def test_taken_and_declined_at_once_it_has_one_answer(cast, offer):
    outcomes = at_once(lambda: fresh(offer).claim(by=cast.alice.user), lambda: fresh(offer).decline(by=cast.alice.user))
    assert sum(isinstance(outcome, IllegalStep) for outcome in outcomes) == 1
    moved = Appointment.objects.get(pk=offer.entry.appointment_id).scheduled_time == slot_at(2, 10)
    assert fresh(offer).answer == ("claimed" if moved else "declined")


def test_a_claim_and_a_cancellation_at_once_leave_nothing_half_done(cast, offer):
    visit_ = offer.entry.appointment
    at_once(
        lambda: fresh(offer).claim(by=cast.alice.user),
        lambda: Appointment.objects.get(pk=visit_.pk).cancel(by=cast.smith.user),
    )
    assert Appointment.objects.get(pk=visit_.pk).status == "cancelled"
    assert fresh(offer).answer in ("claimed", "withdrawn")
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]


def test_four_workers_offer_each_slot_once(cast):
    office_hours(cast.smith)
    people = [make_patient(f"p{number}@example.com", "P", str(number)) for number in range(6)]
    early = [visit(cast, patient, 2, 9 + place) for place, patient in enumerate(people[:3])]
    for patient in people[3:]:
        waits_without(cast, patient)
    for appointment in early:
        appointment.cancel(by=cast.smith.user)
    at_once(*[hand_on] * 4)
    offers = SlotOffer.objects.order_by("begins")
    assert {offer.entry.patient_id for offer in offers} == {patient.pk for patient in people[3:]}
    assert [offer.begins for offer in offers] == [slot_at(2, hour) for hour in (9, 10, 11)]
    assert Notification.objects.filter(type="slot_offered").count() == 3
    assert not FreedTime.objects.exists()


def test_four_workers_pass_what_ran_out_on_once(cast, offer):
    time_passes()
    at_once(*[hand_on] * 4)
    assert list(SlotOffer.objects.order_by("offered_at").values_list("answer", flat=True)) == ["expired", ""]
    assert SlotOffer.objects.open().get().entry.patient == cast.bob
    assert Notification.objects.filter(type="slot_offered").count() == 2


def test_what_becomes_free_is_handed_on_by_a_job_of_the_same_transaction(cast, no_jobs):
    office_hours(cast.smith)
    early = visit(cast, cast.charlie, 2)
    waits(visit(cast, cast.alice, 9))
    with connection.cursor() as cursor:
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%hand_on_what_is_free'"
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            early.cancel(by=cast.charlie.user)
            raise ZeroDivisionError
        cursor.execute(jobs)
        assert cursor.fetchone() == (0,)
        early.refresh_from_db()
        early.cancel(by=cast.charlie.user)
        cursor.execute(jobs)
        assert cursor.fetchone() == (1,)
    assert FreedTime.objects.get().begins == slot_at(2, 10)
    assert timezone.now() < FreedTime.objects.get().ends
