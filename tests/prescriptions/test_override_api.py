"""Creating a prescription that alerts speak against, over REST."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prescriptions.models import Allergy, Prescription, RecordedCheck
from tests.appointments.making import requested
from tests.prescriptions.answering import ANTICOAGULANT, MAOI, NSAID, SSRI, prescribe, rows
from tests.prescriptions.test_api import URL, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


def asked(client, cast, medication, *overrides, **more):
    return client.post(URL, {**order(cast, medication=medication), "overrides": list(overrides)}, "json", **more)


def test_the_answer_carries_the_check(cast, api, smith):
    body = asked(api(smith), cast, "paracetamol").json()
    assert (body["check"]["status"], body["check"]["alerts"], body["check"]["not_checked"]) == ("clear", [], [])
    assert body["check"]["rule_set"]["version"] == 1
    assert body["check"]["checked_at"].endswith("Z")
    read = api(smith).get(f"{URL}/{body['id']}").json()
    assert read["check"] == body["check"]
    assert api(cast.admin).get(URL).json()["results"][0]["check"] == body["check"]


def test_a_patient_reads_the_prescription_and_not_the_check(cast, api, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    assert api(cast.alice).get(URL).json()["results"][0]["check"] is None


def test_409_has_the_body_of_a_check_and_the_same_ids_as_asking_before(cast, api, smith):
    prescribe(smith, cast.alice, MAOI)
    answer = asked(api(smith), cast, SSRI)
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (409, "override_needed", "alerts")
    assert "Alice Johnson" in body["detail"]
    before = api(smith).post(
        f"{URL}/check-interactions", {"medications": [SSRI], "patient_id": str(cast.alice.pk)}, "json"
    )
    same = [key for key in before.json() if key not in ("checked_at",)]
    assert {key: body[key] for key in same} == {key: before.json()[key] for key in same}
    assert Prescription.objects.count() == 1
    assert rows() == [(SSRI, "contraindicated", "stopped")]


def test_an_override_issues_it_and_stays_on_the_prescription(cast, api, smith):
    prescribe(smith, cast.alice, MAOI)
    (alert,) = asked(api(smith), cast, SSRI).json()["alerts"]
    answer = asked(api(smith), cast, SSRI, {"alert": alert["id"], "reason": "no_alternative", "note": "Psychiatry"})
    assert answer.status_code == 201
    (kept,) = answer.json()["check"]["alerts"]
    assert {key: kept[key] for key in alert} == alert
    assert (kept["outcome"], kept["reason"], kept["note"]) == ("overridden", "no_alternative", "Psychiatry")


def test_with_a_key_the_stop_is_kept_and_the_key_is_free_for_the_answer(cast, api, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    key = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
    stop = asked(api(smith), cast, NSAID, **key)
    assert stop.status_code == 409
    assert RecordedCheck.objects.filter(prescription=None).count() == 1
    override = {"alert": stop.json()["alerts"][0]["id"], "reason": "dose_adjusted"}
    first, again = (asked(api(smith), cast, NSAID, override, **key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotent-Replay"] == "true"


def test_an_alert_that_is_gone_is_said_to_be(cast, api, smith):
    answer = asked(api(smith), cast, "paracetamol", {"alert": "gone", "reason": "will_monitor"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["overrides"])


@pytest.mark.parametrize(
    "overrides",
    [
        "all",
        [5],
        [None],
        [[]],
        [{}],
        [{"alert": "x"}],
        [{"alert": "x", "reason": "because"}],
        [{"alert": 5, "reason": "other"}],
        [{"alert": "x" * 65, "reason": "other"}],
        [{"alert": "a\x00", "reason": "other"}],
        [{"alert": "x", "reason": ["other"]}],
        [{"alert": "x", "reason": "other", "note": "a\x00"}],
        [{"alert": "x", "reason": "other", "note": "x" * 501}],
        [{"alert": "x", "reason": "will_monitor", "monitor_until": "soon"}],
        [{"alert": "x", "reason": "will_monitor", "monitor_until": 5}],
        [{"alert": "x", "reason": "other"}] * 101,
    ],
)
def test_bad_overrides_are_400_and_issue_nothing(cast, api, smith, overrides):
    answer = api(smith).post(URL, {**order(cast), "overrides": overrides}, "json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["overrides"])
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("who, status", [("brown", 400), ("alice", 403), ("charlie", 403), ("trainee", 403)])
def test_the_stranger_learns_nothing_of_what_a_patient_takes(cast, api, smith, who, status):
    prescribe(smith, cast.alice, MAOI)
    answer = asked(api(getattr(cast, who)), cast, SSRI)
    assert answer.status_code == status
    assert "phenelzine" not in answer.content.decode()
    assert RecordedCheck.objects.count() == 1


def test_lists_cost_the_same_however_long(cast, api, smith):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            body = api(smith).get(URL).json()
        return len(asked), body["results"]

    prescribe(smith, cast.alice, "lisinopril")
    prescribe(smith, cast.alice, "potassium chloride")
    few, _ = cost()
    for medication in ("paracetamol", "amlodipine", "omeprazole"):
        prescribe(smith, cast.alice, medication)
    many, rows = cost()
    assert {row["check"]["status"] for row in rows} == {"clear", "alerts"}
    assert uuid.UUID(rows[0]["id"])
    assert few == many <= 9


def test_the_check_of_a_prescription_says_whether_it_is_stale(cast, api, smith):
    url = f"{URL}/{prescribe(smith, cast.alice, ANTICOAGULANT).pk}/check"
    body = api(smith).get(url).json()
    assert (body["stale"], body["changes"]) == (False, [])
    assert body["recorded"]["fingerprint"] == body["now"]["fingerprint"]
    Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin")
    body = api(cast.admin).get(url).json()
    assert (body["stale"], body["changes"]) == (True, ["Allergy recorded: penicillin."])
    assert [api(who).get(url).status_code for who in (cast.alice, cast.charlie, cast.brown)] == [403, 403, 404]
    assert api(smith).get(f"{URL}/{uuid.uuid4()}/check").status_code == 404
