"""A bare `save()` of what people are told about is one with what its saving writes: both, or neither."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_save
from django.utils import timezone

from appointments.models import AppointmentStatusChange
from labs.models import LabFollowUp, LabOrderStep, LabResult, LabReview
from notifications.models import Alert, Notification
from prescriptions.models import Prescription
from tests.appointments.making import requested
from tests.labs.making import ordered, recorded

pytestmark = pytest.mark.django_db(transaction=True)


def a_result(cast):
    return LabResult(
        patient=cast.bob,
        doctor=cast.smith,
        test_type="BMP",
        entries=[{"name": "Potassium", "value": "7.1", "unit": "mmol/L", "low": "", "high": "", "flag": "HH"}],
        critical=True,
        recorded_by=cast.admin,
        created_at=timezone.now(),
    )


def a_review(cast):
    return LabReview(result=recorded(cast, critical=True), by=cast.smith.user, at=timezone.now(), notes="Called.")


def a_follow_up(cast):
    review = recorded(cast).review_with(by=cast.smith.user)
    return LabFollowUp(review=review, patient=cast.bob, doctor=cast.smith, due=timezone.localdate())


def a_step_of_an_order(cast):
    return LabOrderStep(order=ordered(cast), status="collected", by=cast.smith.user, at=timezone.now())


def a_prescription(cast):
    now = timezone.now()
    said = {"medication": "Amoxicillin", "dosage": "500 mg", "frequency": "daily", "duration_days": 7}
    return Prescription(
        patient=cast.alice, doctor=cast.smith, created_at=now, expires_at=now + timedelta(days=7), **said
    )


def a_status_change(cast):
    return AppointmentStatusChange(
        appointment=requested(cast),
        from_status="requested",
        to_status="confirmed",
        doctor=cast.smith,
        by=cast.smith.user,
        at=timezone.now(),
    )


FACTS = [a_result, a_review, a_follow_up, a_step_of_an_order, a_prescription, a_status_change]


@pytest.mark.parametrize("make", FACTS)
def test_a_receiver_that_fails_takes_the_row_and_its_news_back(cast, outbox, make):
    fact = make(cast)
    before = (type(fact).objects.count(), Notification.objects.count(), Alert.objects.open().count())
    outbox.clear()

    def fail(**kwargs):
        raise ZeroDivisionError

    post_save.connect(fail, sender=type(fact))  # after the receivers that tell people
    try:
        with pytest.raises(ZeroDivisionError):
            fact.save()
    finally:
        post_save.disconnect(fail, sender=type(fact))
    assert (type(fact).objects.count(), Notification.objects.count(), Alert.objects.open().count()) == before
    assert outbox == []


@pytest.mark.parametrize("make", FACTS)
def test_one_that_does_not_fail_is_saved_with_its_news(cast, outbox, make):
    fact = make(cast)
    outbox.clear()
    fact.save()
    assert type(fact).objects.filter(pk=fact.pk).exists()
    assert outbox
