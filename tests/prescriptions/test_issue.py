"""Who prescribes what for whom, and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import NotAllowed
from notifications.channels import patient_channel
from prescriptions.models import Prescription
from tests.appointments.making import requested

pytestmark = pytest.mark.django_db

ORDER = {
    "medication": "Amoxicillin",
    "dosage": "500 mg",
    "frequency": "three times a day",
    "duration_days": 7,
}


def issued(cast, doctor=None, patient=None, **changes):
    doctor, patient = doctor or cast.smith, patient or cast.alice
    requested(cast, patient=patient, doctor=doctor)  # a doctor prescribes for those they treat
    return Prescription.issue(by=doctor.user, patient=patient, **{**ORDER, **changes})


def test_a_doctor_prescribes_and_it_holds_for_the_supply_and_its_refills(cast):
    prescription = issued(cast, refills_remaining=2)
    assert prescription.doctor == cast.smith
    assert prescription.expires_at - prescription.created_at == timedelta(days=21)
    assert list(Prescription.objects.active()) == [prescription]


def test_a_doctor_without_the_right_to_prescribe_is_refused(cast):
    with pytest.raises(NotAllowed, match="may not prescribe"):
        issued(cast, doctor=cast.trainee)
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_patients_do_not_prescribe(cast, who):
    with pytest.raises(NotAllowed, match="Only doctors"):
        Prescription.issue(by=getattr(cast, who).user, patient=cast.alice, **ORDER)


def test_an_administrator_does_not_prescribe(cast):
    with pytest.raises(NotAllowed, match="Only doctors"):
        Prescription.issue(by=cast.admin, patient=cast.alice, **ORDER)


def test_a_doctor_does_not_prescribe_for_a_patient_they_do_not_treat(cast):
    with pytest.raises(NotAllowed, match="patients you treat"):
        Prescription.issue(by=cast.brown.user, patient=cast.alice, **ORDER)


@pytest.mark.parametrize(
    "field, value",
    [
        ("medication", " "),
        ("medication", "x" * 201),
        ("dosage", "a\x00b"),
        ("frequency", "x" * 101),
        ("duration_days", 0),
        ("duration_days", -1),
        ("duration_days", 3651),
        ("duration_days", 10**12),
        ("refills_remaining", -1),
        ("refills_remaining", 100),
        ("notes", "x" * 2001),
    ],
)
def test_what_cannot_be_prescribed_names_its_field(cast, field, value):
    with pytest.raises(ValidationError) as error:
        issued(cast, **{field: value})
    assert field in error.value.message_dict


@pytest.mark.parametrize(
    "change",
    [
        {"duration_days": 0},
        {"refills_remaining": -1},
        {"medication": ""},
        {"expires_at": "2001-01-01T00:00Z"},
    ],
)
def test_the_database_knows_the_rules_too(cast, change):
    prescription = issued(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prescription.objects.filter(pk=prescription.pk).update(**change)


def test_an_issued_prescription_is_never_edited(cast):
    prescription = issued(cast)
    prescription.dosage = "5 g"
    with pytest.raises(TypeError):
        prescription.save()


@pytest.mark.django_db(transaction=True)
def test_the_patient_is_told(cast, outbox):
    prescription = issued(cast)
    sent = outbox[-1]
    assert (sent["channel"], sent["type"]) == (patient_channel(cast.alice.pk), "new_prescription")
    assert sent["prescription_id"] == str(prescription.pk)
    assert (sent["medication"], sent["doctor_name"]) == ("Amoxicillin", "Dr. Smith")


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_prescription_tells_nobody(cast, outbox):
    requested(cast)
    outbox.clear()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Prescription.issue(by=cast.smith.user, patient=cast.alice, **ORDER)
        raise ZeroDivisionError
    assert outbox == []
