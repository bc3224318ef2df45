"""A freed slot is offered to those who want an earlier one, in order, and an offer has its time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import TimeTaken
from appointments.models import Absence, Appointment, BookedTime, SlotOffer, WaitingEntry, WaitingTimes
from notifications.models import Notification
from tests.appointments.making import requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.appointments.waiting import offered, time_passes, visit, waits, waits_without

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


@pytest.fixture
def early(cast, smith):
    """Charlie's visit, which will be cancelled; nobody treats him beside Dr. Smith."""
    return visit(cast, cast.charlie, 2)


@pytest.fixture
def alice(cast, smith):
    """Alice, first on the list, for something earlier than in nine days."""
    return waits(visit(cast, cast.alice, 9))


@pytest.fixture
def bob(cast, alice):
    """Bob, second."""
    return waits(visit(cast, cast.bob, 8))


def free(appointment):
    appointment.cancel(by=appointment.patient.user)


def test_the_patient_is_told_how_long_it_is_kept(cast, early, alice):
    free(early)
    offered()
    body = Notification.objects.get(type="slot_offered").body
    offer = SlotOffer.objects.get()
    assert (body["doctor_name"], body["offer_id"]) == ("Dr. Smith", str(offer.pk))
    assert offer.expires_at - offer.offered_at == timedelta(minutes=15)


def test_the_administration_says_how_long(early, alice):
    WaitingTimes.objects.create(offer_minutes=40)
    free(early)
    offered()
    offer = SlotOffer.objects.get()
    assert offer.expires_at - offer.offered_at == timedelta(minutes=40)


def test_nobody_else_gets_it_meanwhile(cast, early, alice):
    free(early)
    offered()
    with pytest.raises(TimeTaken):
        requested(cast, patient=cast.bob, requested_time=slot_at(2, 10))


def test_claimed_the_visit_is_there_in_one_step_and_is_still_itself(cast, early, alice):
    free(early)
    offered()
    moved = SlotOffer.objects.get().claim(by=cast.alice.user)
    assert (moved.pk, moved.status, moved.scheduled_time) == (alice.appointment_id, "confirmed", slot_at(2, 10))
    assert BookedTime.objects.get(patient=cast.alice).begins == slot_at(2, 10)
    assert moved.last_change().is_move
    alice.refresh_from_db()
    assert alice.ending == "served"


def test_who_had_no_visit_has_asked_for_one(cast, early):
    waits_without(cast, cast.alice)
    free(early)
    offered()
    new = SlotOffer.objects.get().claim(by=cast.alice.user)
    assert (new.status, new.requested_time, new.reason) == ("requested", slot_at(2, 10), "A mole to look at")
    assert new.booked.begins == slot_at(2, 10)


def test_declined_it_goes_to_the_next_and_one_keeps_the_place(cast, early, alice, bob):
    free(early)
    offered()
    SlotOffer.objects.get().decline(by=cast.alice.user)
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]
    assert WaitingEntry.objects.with_place().get(pk=alice.pk).place == 1


def test_an_offer_that_runs_out_goes_to_the_next(cast, early, alice, bob):
    free(early)
    offered()
    time_passes()
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]
    assert SlotOffer.objects.get(entry=alice).answer == "expired"


def test_each_slot_is_offered_to_each_once(cast, early, alice):
    free(early)
    offered()
    SlotOffer.objects.get().decline(by=cast.alice.user)
    free(visit(cast, cast.bob, 2))
    assert offered() == []


def test_what_begins_soon_is_kept_for_half_of_what_is_left(cast, smith, alice):
    from appointments.slots import Span

    now = timezone.now()
    begins = now + timedelta(minutes=20)
    with transaction.atomic():
        offer = SlotOffer.make(alice, Span(begins, begins + timedelta(minutes=30)), now)
    assert offer.expires_at == now + timedelta(minutes=10)


def test_who_leaves_is_offered_nothing_and_what_they_had_before_them_goes_on(cast, early, alice, bob):
    free(early)
    offered()
    alice.leave(by=cast.alice.user)
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]
    with pytest.raises(IllegalStep):
        alice.leave(by=cast.alice.user)


def test_whose_visit_is_cancelled_waits_no_longer(cast, early, alice, bob):
    free(early)
    offered()
    free(Appointment.objects.get(pk=alice.appointment_id))
    alice.refresh_from_db()
    assert alice.ending == "over"
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]


def test_what_is_no_longer_earlier_is_withdrawn(cast, early, alice, bob):
    free(early)
    offered()
    Appointment.objects.get(pk=alice.appointment_id).reschedule(by=cast.alice.user, time=slot_at(1, 9))
    assert SlotOffer.objects.get(entry=alice).answer == "withdrawn"
    assert offered() == [(cast.bob.pk, slot_at(2, 10))]


def test_an_entry_ends_with_its_last_day_and_with_the_time_of_its_visit(cast, smith, alice):
    today = waits_without(cast, cast.bob, until_day=timezone.localdate())
    WaitingEntry.objects.filter(pk=today.pk).update(until_day=timezone.localdate() - timedelta(days=1))
    Appointment.objects.filter(pk=alice.appointment_id).update(scheduled_time=timezone.now())
    offered()
    assert set(WaitingEntry.objects.values_list("ending", flat=True)) == {"over"}


def test_nobody_waits_for_a_doctor_who_has_left(cast, early, alice):
    free(early)
    offered()
    cast.smith.user.is_active = False
    cast.smith.user.save()
    assert offered() == []
    assert (WaitingEntry.objects.get().ending, SlotOffer.objects.get().answer) == ("over", "withdrawn")


def test_an_offer_that_is_over_cannot_be_claimed(cast, early, alice):
    free(early)
    offered()
    offer = SlotOffer.objects.get()
    time_passes()
    offer.refresh_from_db()
    with pytest.raises(IllegalStep) as refused:
        offer.claim(by=cast.alice.user)
    assert refused.value.code == "offer_over"
    assert Appointment.objects.get(pk=alice.appointment_id).scheduled_time == slot_at(9, 10)


def test_a_slot_that_an_absence_took_away_cannot_be_claimed(cast, early, alice):
    free(early)
    offered()
    Absence.objects.create(doctor=cast.smith, begins=slot_at(2, 8), ends=slot_at(2, 18))
    with pytest.raises(IllegalStep):
        SlotOffer.objects.get().claim(by=cast.alice.user)
    assert Appointment.objects.get(pk=alice.appointment_id).scheduled_time == slot_at(9, 10)


def test_one_waits_once_for_one_kind_with_one_doctor(cast, alice):
    with pytest.raises(IllegalStep) as refused:
        waits(alice.appointment)
    assert refused.value.code == "already_waiting"
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitingEntry.objects.create(
            patient=cast.alice, doctor=cast.smith, kind=alice.kind, reason="x", joined_at=timezone.now(),
            joined_by=cast.alice.user,
        )  # fmt: skip


def test_one_waits_for_nothing_that_is_over(cast, smith):
    appointment = visit(cast, cast.alice, 9)
    free(appointment)
    with pytest.raises(IllegalStep):
        waits(appointment)


def test_the_stranger_can_neither_join_nor_leave_nor_answer_for_another(cast, early, alice):
    free(early)
    offered()
    offer = SlotOffer.objects.get()
    for stranger in (cast.bob.user, cast.brown.user):
        for verb in (alice.leave, offer.claim, offer.decline):
            with pytest.raises(NotAllowed):
                verb(by=stranger)
        with pytest.raises(NotAllowed):
            WaitingEntry.join(
                by=stranger, patient=cast.alice, doctor=cast.smith, kind=consultation(), reason="Mischief"
            )
        assert not SlotOffer.objects.visible_to(stranger)
        assert not WaitingEntry.objects.visible_to(stranger)


def test_the_doctor_sees_who_waits_without_a_visit_as_long_as_they_wait(cast, smith):
    entry = waits_without(cast, cast.alice)
    assert list(WaitingEntry.objects.visible_to(smith.user)) == [entry]
    entry.leave(by=smith.user)
    assert not WaitingEntry.objects.visible_to(smith.user)
