"""Alice waits for an earlier time than hers: whoever cancels Bob's visit sees it offered to her."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import Doctor, Patient
from appointments.calendar import free_slots
from appointments.models import Appointment, VisitKind, WaitingEntry
from notifications.inbox import mark_seen
from notifications.models import Notification


def let_alice_wait(doctor: Doctor, patients: Mapping[str, Patient]) -> None:
    """Once the doctor's hours are published."""
    alice = patients["Alice Johnson"]
    _booked(patients["Bob Wilson"], doctor, 4, "Shoulder, second look")
    hers = _booked(alice, doctor, 11, "Advice before a journey")
    WaitingEntry.join(by=alice.user, patient=alice, doctor=doctor, kind=hers.kind, appointment=hers)


def _booked(patient: Patient, doctor: Doctor, day: int, reason: str) -> Appointment:
    """The first free slot from that day on, confirmed."""
    first = timezone.localdate() + timedelta(days=day)
    slot = free_slots(doctor, first, first + timedelta(days=6), VisitKind.default(), patient=patient)[0]
    appointment = Appointment.request(
        by=patient.user, patient=patient, doctor=doctor, requested_time=slot.start, reason=reason
    )
    appointment.confirm(by=doctor.user)
    for user in (patient.user, doctor.user):  # no news: it is there to begin with
        mark_seen(user, Notification.objects.unread_by(user).filter(body__link=appointment.get_absolute_url()))
    return appointment
