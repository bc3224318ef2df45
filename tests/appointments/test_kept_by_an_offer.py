"""What an offer keeps for a person does not keep that person from having the time by another way."""

import pytest
from django.urls import reverse

from appointments.booked_time import TimeTaken
from appointments.models import Appointment, SlotOffer, WaitingEntry
from tests.appointments.making import requested, words_of
from tests.appointments.opening import office_hours, slot_at
from tests.appointments.waiting import an_offer, offered, time_passes, visit, waits_without

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(cast):
    """To Alice: the day after tomorrow at nine, for her visit in nine days."""
    office_hours(cast.smith)
    return an_offer(cast)


def how(offer):
    offer.refresh_from_db()
    return offer.answer, offer.entry.__class__.objects.get(pk=offer.entry_id).ending


@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
def test_a_visit_moved_onto_the_very_slot_has_taken_the_offer(cast, offer, who):
    by = getattr(getattr(cast, who), "user", cast.admin)
    appointment = offer.entry.appointment
    appointment.reschedule(by=by, time=offer.begins)
    assert how(offer) == ("claimed", "served")
    assert (offer.appointment, offer.answered_by) == (appointment, by)
    assert appointment.booked.begins == offer.begins
    assert not hasattr(offer, "kept")


def test_the_ordinary_move_page_shows_it_and_takes_it(cast, offer, signed_in):
    client, appointment = signed_in(cast.alice), offer.entry.appointment
    page = reverse("appointments:move", args=[appointment.pk])
    assert offer.begins.isoformat() in words_of(client.get(page, {"from": offer.begins.date().isoformat()}))
    answer = client.post(page, {"seen": "confirmed", "start": offer.begins.isoformat()})
    assert (answer.status_code, how(offer)) == (302, ("claimed", "served"))


def test_who_waits_for_a_first_visit_and_asks_for_the_slot_has_taken_it(cast):
    office_hours(cast.smith)
    early = visit(cast, cast.bob, 2, 9)
    waits_without(cast, cast.alice)
    early.cancel(by=cast.bob.user)
    assert offered() == [(cast.alice.pk, slot_at(2, 9))]
    appointment = requested(cast, requested_time=slot_at(2, 9))
    assert how(SlotOffer.objects.get()) == ("claimed", "served")
    assert SlotOffer.objects.get().appointment == appointment


def test_another_visit_across_it_withdraws_the_offer_and_the_place_stays(cast, offer):
    office_hours(cast.brown)
    other = requested(cast, doctor=cast.brown, requested_time=offer.begins)
    assert other.booked.begins == offer.begins
    assert how(offer) == ("withdrawn", "")
    assert WaitingEntry.objects.open().count() == 1


def test_for_others_and_after_its_end_it_is_kept(cast, offer):
    with pytest.raises(TimeTaken):
        requested(cast, patient=cast.bob, requested_time=offer.begins)
    wish = requested(cast, doctor=cast.brown, requested_time=offer.begins)
    with pytest.raises(TimeTaken):  # who answers for Alice's wish, but not for her place on another doctor's list
        wish.confirm(by=cast.brown.user)
    time_passes(offer, minutes=15)
    with pytest.raises(TimeTaken):  # its time ran out: it goes to the next
        offer.entry.appointment.reschedule(by=cast.alice.user, time=offer.begins)
    assert how(offer) == ("", "")


def test_where_the_booking_fails_the_offer_stands(cast, offer):
    requested(cast, requested_time=slot_at(3, 9, 30))
    assert Appointment.objects.count() == 3
    office_hours(cast.brown)
    requested(cast, patient=cast.bob, doctor=cast.brown, requested_time=offer.begins)
    with pytest.raises(TimeTaken):
        requested(cast, doctor=cast.brown, requested_time=offer.begins)
    assert how(offer) == ("", "")
    assert offer.kept
