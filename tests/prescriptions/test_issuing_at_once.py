"""Two prescriptions that must not meet, written at once; and the same ones, one after the other in any order."""

from itertools import permutations

import pytest

from prescriptions.models import Allergy, Prescription, ShownAlert
from tests.appointments.making import requested
from tests.at_once import at_once
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, answers, prescribe, rows
from tests.prescriptions.test_api import URL, order

pytestmark = pytest.mark.usefixtures("rules")


@pytest.mark.django_db(transaction=True)
def test_of_two_prescriptions_that_interact_written_at_once_one_is_stopped(cast, api):
    for doctor in (cast.smith, cast.brown):
        requested(cast, doctor=doctor)
    ordered = [(api(cast.smith), ANTICOAGULANT), (api(cast.brown), NSAID)]
    calls = [lambda c=client, m=drug: c.post(URL, order(cast, medication=m), "json") for client, drug in ordered]
    answered = at_once(*calls)
    assert sorted(answer.status_code for answer in answered) == [201, 409]
    assert Prescription.objects.count() == 1
    assert [(severity, outcome) for _, severity, outcome in rows()] == [("major", "stopped")]


@pytest.mark.django_db(transaction=True)
def test_an_allergy_recorded_at_once_is_seen_or_comes_after(cast, api):
    requested(cast)
    client = api(cast.smith)
    issue, _ = at_once(
        lambda: client.post(URL, order(cast, medication="amoxicillin 500 mg"), "json"),
        lambda: Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin"),
    )
    allergy = Allergy.objects.get()
    if issue.status_code == 201:
        assert Prescription.objects.get().recorded_check.found["allergies"] == []
    else:
        assert str(allergy.substance) in issue.json()["allergies"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("drugs", [(ANTICOAGULANT, NSAID, "simvastatin"), (MAOI, SSRI, "lisinopril 10 mg")])
def test_the_order_in_which_they_are_prescribed_never_matters(cast, drugs):
    requested(cast)
    found = set()
    for patient, ordered in zip((cast.alice, cast.bob, cast.charlie), permutations(drugs), strict=False):
        requested(cast, patient=patient)
        for drug in ordered:
            prescribe(cast.smith, patient, drug, answers(patient, drug))
        shown = ShownAlert.objects.filter(recorded_check__patient=patient, is_new=True)
        found.add(tuple(sorted((row.alert, row.severity, row.outcome) for row in shown)))
    assert len(found) == 1
    assert found != {()}
