"""People on a wait list, what is freed for them, and the clock that hands it on."""

from datetime import timedelta

from django.utils import timezone

from appointments.models import SlotOffer, WaitingEntry
from appointments.offering import hand_on
from tests.appointments.making import requested
from tests.appointments.opening import consultation, slot_at


def visit(cast, patient, days, hour=10, minute=0, **fields):
    """A confirmed one, in a slot."""
    appointment = requested(cast, patient=patient, requested_time=slot_at(days, hour, minute), **fields)
    appointment.confirm(by=appointment.doctor.user)
    return appointment


def waits(appointment, **fields):
    people = {"patient": appointment.patient, "doctor": appointment.doctor, "kind": appointment.kind}
    return WaitingEntry.join(by=appointment.patient.user, **people, appointment=appointment, **fields)


def waits_without(cast, patient, **fields):
    given = {"reason": "A mole to look at", "kind": consultation(), **fields}
    return WaitingEntry.join(by=patient.user, patient=patient, doctor=cast.smith, **given)


def offered():
    """Who is being offered what just now."""
    hand_on()
    rows = SlotOffer.objects.open().order_by("begins").select_related("entry")
    return [(offer.entry.patient_id, timezone.localtime(offer.begins)) for offer in rows]


def time_passes(offer=None, minutes=16):
    """The offers' clock goes on by so much."""
    rows = SlotOffer.objects.filter(pk=offer.pk) if offer else SlotOffer.objects.filter(answer="")
    for row in rows:
        gone = timedelta(minutes=minutes)
        SlotOffer.objects.filter(pk=row.pk).update(offered_at=row.offered_at - gone, expires_at=row.expires_at - gone)
        kept = row.kept
        type(kept).objects.filter(pk=kept.pk).update(held_until=kept.held_until - gone)


def an_offer(cast):
    """Of the day after tomorrow at nine, to Alice, who has a visit in nine days. Publish hours first."""
    early = visit(cast, cast.bob, 2, 9)
    waits(visit(cast, cast.alice, 9))
    early.cancel(by=cast.bob.user)
    hand_on()
    return SlotOffer.objects.open().get()
