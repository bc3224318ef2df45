"""Who is told what, on save, through signals, after commit."""

import pytest
from django.db import transaction

from accounts.refusals import IllegalStep
from notifications.channels import doctor_channel, patient_channel
from tests.appointments.making import in_status, requested

pytestmark = pytest.mark.django_db(transaction=True)
SPELLINGS = {
    "confirmed": "Confirmed",
    "in_progress": "InProgress",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "no_show": "NoShow",
}


def test_a_request_tells_the_doctor_and_nobody_else(cast, outbox):
    appointment = requested(cast)
    (sent,) = [one for one in outbox if one["type"] != "refresh"]
    assert sent["channel"] == doctor_channel(cast.smith.pk)
    assert sent["type"] == "appointment_requested"
    assert sent["appointment_id"] == str(appointment.pk)
    assert (sent["patient_name"], sent["reason"]) == ("Alice Johnson", "Annual checkup")
    assert sent["requested_time"].endswith("Z")
    assert sent["link"] == f"/appointments/{appointment.pk}/"


@pytest.mark.parametrize("status", SPELLINGS)
def test_each_change_of_status_tells_patient_and_doctor(cast, outbox, status):
    appointment = in_status(cast, status)
    told = [sent for sent in outbox if sent.get("new_status") == SPELLINGS[status]]
    assert {sent["channel"] for sent in told} == {
        patient_channel(cast.alice.pk),
        doctor_channel(cast.smith.pk),
    }
    assert {sent["appointment_id"] for sent in told} == {str(appointment.pk)}


def test_a_request_refreshes_the_patients_own_pages(cast, outbox):
    requested(cast)
    assert {"channel": f"user:{cast.alice.pk}:session", "type": "refresh", "topic": "appointments"} in outbox


def test_a_refused_step_tells_nobody(cast, outbox):
    appointment = in_status(cast, "completed")
    outbox.clear()
    with pytest.raises(IllegalStep):
        appointment.cancel(by=cast.smith.user)
    assert outbox == []


def test_the_scheduled_time_is_null_until_it_is_confirmed(cast, outbox):
    requested(cast).cancel(by=cast.alice.user)
    assert {sent["scheduled_time"] for sent in outbox if sent["type"] == "appointment_status_changed"} == {None}


def test_a_rolled_back_request_tells_nobody(cast, outbox):
    people = cast.alice, cast.smith
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        requested(cast, *people)
        raise ZeroDivisionError
    assert outbox == []
