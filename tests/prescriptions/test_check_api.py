"""POST /api/v1/prescriptions/check-interactions."""

import uuid

import pytest

from prescriptions.models import Allergy
from tests.prescriptions.test_issue import issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
URL = "/api/v1/prescriptions/check-interactions"


def asked(client, *medications, **more):
    return client.post(URL, {"medications": list(medications), **more}, format="json")


def test_the_body_is_the_one_that_is_promised(cast, api):
    answer = asked(api(cast.smith), "Warfarin 5 mg", "ibuprofen", "warfrin")
    body = answer.json()
    assert answer.status_code == 200
    assert body["status"] == "alerts"
    (alert,) = body["alerts"]
    assert {"id", "kind", "severity", "medications", "description", "source"} <= set(alert)
    assert (alert["kind"], alert["severity"]) == ("interaction", "major")
    assert alert["medications"] == ["ibuprofen", "Warfarin 5 mg"]
    (missing,) = body["not_checked"]
    assert (missing["medication"], missing["suggestions"][0]) == ("warfrin", "warfarin")
    assert missing["why"]
    assert body["rule_set"] == {
        "version": 1,
        "effective": "2026-01-01T00:00:00Z",
        "label": "Example content, to be approved locally",
    }
    assert body["checked_at"].endswith("Z")
    assert body["covers"] == ["interactions", "duplicates"]
    assert [ran["text"] for ran in body["medications"]] == ["Warfarin 5 mg", "ibuprofen", "warfrin"]


@pytest.mark.parametrize(
    "medications, status",
    [(["paracetamol"], "clear"), (["paracetamol", "foozine"], "not_checked"), (["warfarin", "aspirin"], "alerts")],
)
def test_there_are_three_states(cast, api, medications, status):
    assert asked(api(cast.admin), *medications).json()["status"] == status


def test_a_patients_allergies_and_prescriptions_count(cast, api):
    issued(cast, medication="Warfarin 5 mg")
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="penicillin", reaction="rash")
    body = asked(api(cast.smith), "amoxicillin", "ibuprofen", patient_id=str(cast.alice.pk)).json()
    assert {(one["kind"], one["severity"]) for one in body["alerts"]} == {
        ("allergy", "major"),
        ("interaction", "major"),
    }
    assert body["allergies"] == ["penicillin (rash)"]


@pytest.mark.parametrize("who", ["brown", "smith"])
def test_the_stranger_checks_nobody(cast, api, who):
    answer = asked(api(getattr(cast, who)), "amoxicillin", patient_id=str(cast.alice.pk))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["patient_id"])


@pytest.mark.parametrize("who", ["alice", "charlie", "laboratory"])
def test_a_check_is_for_who_prescribes(cast, api, who):
    assert asked(api(getattr(cast, who)), "warfarin").status_code == 403
    assert asked(api(None), "warfarin").status_code == 401


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "medications"),
        ({"medications": []}, "medications"),
        ({"medications": "warfarin"}, "medications"),
        ({"medications": ["warfarin"] * 101}, "medications"),
        ({"medications": [""]}, "medications"),
        ({"medications": [5]}, "medications"),
        ({"medications": [["warfarin"]]}, "medications"),
        ({"medications": ["x" * 201]}, "medications"),
        ({"medications": ["a\x00"]}, "medications"),
        ({"medications": ["warfarin"], "patient_id": "x"}, "patient_id"),
        ({"medications": ["warfarin"], "patient_id": str(uuid.uuid4())}, "patient_id"),
    ],
)
def test_bad_input_is_400_and_names_the_field(cast, api, body, field):
    answer = api(cast.smith).post(URL, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_hundred_medications_are_checked_and_the_same_one_twice_is_a_duplicate(cast, api):
    body = asked(api(cast.smith), *["warfarin"] * 100).json()
    (alert,) = body["alerts"]
    assert (alert["kind"], len(alert["medications"])) == ("duplicate", 100)


def test_only_a_post_asks(cast, api):
    assert api(cast.smith).get(URL).status_code == 405
