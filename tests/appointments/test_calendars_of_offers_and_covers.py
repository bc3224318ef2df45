"""Reminders and calendars of a visit that a claim has moved, or that a cover has confirmed."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from appointments.models import Reminder, SlotOffer
from appointments.reminder_choice import choose
from appointments.reminder_preferences import Role
from appointments.returns import bring_back_due
from notifications.models import Cover
from tests.appointments.calendars import deliver, read, waiting
from tests.appointments.making import in_days, requested
from tests.appointments.opening import office_hours
from tests.appointments.waiting import an_offer

pytestmark = pytest.mark.django_db


def test_a_claim_moves_reminders_and_sends_the_same_visit_with_a_higher_number(cast):
    office_hours(cast.smith)
    offer = an_offer(cast)
    deliver()
    sent, jobs = len(mail.outbox), len(waiting())
    appointment = offer.claim(by=cast.alice.user)
    assert deliver(start=jobs) == 1
    _, event = read(mail.outbox[sent])
    assert (event["UID"], event["SEQUENCE"]) == (f"appointment-{appointment.pk}@healthhub", 2)
    assert event["DTSTART"].dt == SlotOffer.objects.get().begins
    planned = Reminder.objects.filter(appointment=appointment, state="pending")
    assert set(planned.values_list("visit_time", flat=True)) == {offer.begins}
    assert set(planned.values_list("person", flat=True)) == {cast.alice.pk}


def test_what_the_cover_confirms_stands_in_the_calendars_of_patient_and_doctor_not_of_the_cover(cast):
    for doctor in (cast.smith, cast.brown):
        choose(doctor.user, Role.DOCTOR, lead_minutes=[120], ways=["email"], invitations=True)
    now = timezone.now()
    spell = {"begins": now - timedelta(hours=1), "ends": now + timedelta(days=30)}
    Cover.objects.create(doctor=cast.smith, covering=cast.brown, **spell)
    request = requested(cast, requested_time=in_days(20))
    bring_back_due(now + timedelta(hours=49))
    request.confirm(by=cast.brown.user)
    deliver()
    assert {letter.to[0] for letter in mail.outbox} == {"alice@example.com", cast.smith.user.email}
    assert set(Reminder.objects.values_list("person", flat=True)) == {cast.alice.pk, cast.smith.pk}
