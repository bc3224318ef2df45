"""What an offer keeps for a patient does not keep them from booking that time by another way."""

from typing import TYPE_CHECKING

from accounts.models import User
from appointments.booked_time import BookedTime
from appointments.slot_offers import Answer, SlotOffer
from appointments.wait_list import Ending, WaitingEntry

if TYPE_CHECKING:
    from appointments.models import Appointment


def make_way(booked: BookedTime, appointment: "Appointment", *, by: User) -> None:
    """Before `booked` is taken for the appointment: offers to its patient across that time are over.

    Only those that `by` may answer. In a transaction in which both people are locked.
    """
    across = SlotOffer.objects.open().filter(
        entry__patient=booked.patient_id, kept__begins__lt=booked.ends, kept__ends__gt=booked.begins
    )
    for offer in across.select_related("entry"):
        if offer.entry.is_theirs(by):
            _answer(offer, booked, appointment, by)


def _answer(seen: SlotOffer, booked: BookedTime, appointment: "Appointment", by: User) -> None:
    """The very slot is thereby taken, and the wait is over; another is withdrawn, and the place on the list stays."""
    entry = WaitingEntry.objects.select_for_update(of=("self",)).get(pk=seen.entry_id)
    offer = SlotOffer.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if offer.answer != Answer.NONE:
        return
    what = (entry.doctor_id, entry.kind_id, offer.begins, entry.appointment_id or appointment.pk)
    if what == (booked.doctor_id, booked.kind_id, booked.begins, appointment.pk):
        offer.appointment = appointment
        offer.close(Answer.CLAIMED, by)
        entry.end(Ending.SERVED)
    else:
        offer.close(Answer.WITHDRAWN, None)
