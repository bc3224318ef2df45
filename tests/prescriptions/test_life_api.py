"""POST /api/v1/prescriptions/<id>/<verb>."""

import uuid

import pytest

from prescriptions.models import Prescription
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_life import let_it_end

pytestmark = pytest.mark.django_db
VERBS = {
    "hold": "on_hold",
    "stop": "stopped",
    "complete": "completed",
    "entered-in-error": "entered_in_error",
}


def url(prescription, verb=""):
    return f"/api/v1/prescriptions/{prescription.pk}/{verb}"


@pytest.mark.parametrize("verb, status", VERBS.items())
def test_a_step_answers_the_prescription_with_its_history(cast, api, verb, status):
    prescription = issued(cast)
    answer = api(cast.smith).post(url(prescription, verb), {"reason": "Dizzy"})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, status)
    (line,) = body["history"]
    assert (line["from_status"], line["to_status"], line["refill"]) == ("active", status, None)
    assert (line["by"]["name"], line["reason"]) == ("Jane Smith", "Dizzy")
    assert api(cast.alice).get(url(prescription)).json() == {**body, "check": None}  # which is for prescribers


def test_resume_takes_it_back_into_use(cast, api):
    prescription, client = issued(cast), api(cast.smith)
    client.post(url(prescription, "hold"), {"reason": "Dizzy"})
    assert client.post(url(prescription, "resume")).json()["status"] == "active"


def test_what_has_come_to_its_end_reads_as_expired_before_the_clock_has_looked(cast, api):
    prescription = let_it_end(issued(cast))
    body = api(cast.alice).get(url(prescription)).json()
    assert (body["status"], body["ended_at"]) == ("expired", body["expires_at"])
    assert api(cast.alice).get("/api/v1/prescriptions?active=true").json()["results"] == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who, status", [("brown", 404), ("charlie", 404), ("laboratory", 404), ("alice", 403)])
def test_the_stranger_sees_nothing_and_the_patient_takes_no_step(cast, api, verb, who, status):
    prescription = issued(cast)
    assert api(getattr(cast, who)).post(url(prescription, verb), {"reason": "x"}).status_code == status
    assert Prescription.objects.get().state == "active"


@pytest.mark.parametrize("reason", ["", 5, "a\x00", "x" * 501])
def test_a_bad_reason_is_400_and_names_the_field(cast, api, reason):
    answer = api(cast.smith).post(url(issued(cast), "stop"), {"reason": reason}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


def test_a_second_stop_is_409(cast, api):
    prescription, client = issued(cast), api(cast.smith)
    client.post(url(prescription, "stop"), {"reason": "Dizzy"})
    answer = client.post(url(prescription, "stop"), {"reason": "Dizzy"})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")


def test_there_is_no_prescription_without_a_proper_id(cast, api):
    for pk in ("x", uuid.uuid4()):
        assert api(cast.smith).post(f"/api/v1/prescriptions/{pk}/stop", {"reason": "x"}).status_code == 404
