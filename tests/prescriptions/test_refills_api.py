"""Refill requests and renewals over REST."""

import pytest

from prescriptions.models import Allergy, Prescription, RefillRequest
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_refills import asked, days_ago

pytestmark = pytest.mark.django_db
URL = "/api/v1/refill-requests"


def test_a_patient_asks_and_sees_the_answer(cast, api):
    prescription = days_ago(issued(cast, refills_remaining=1), 3)
    answer = api(cast.alice).post(f"/api/v1/prescriptions/{prescription.pk}/refill-requests", {"note": "Going away"})
    body = answer.json()
    assert (answer.status_code, body["answer"], body["note"]) == (201, None, "Going away")
    granted = api(cast.smith).post(f"{URL}/{body['id']}/grant").json()
    assert (granted["answer"], granted["answered_by"]["name"]) == ("granted", "Jane Smith")
    assert api(cast.alice).get(f"{URL}/{body['id']}").json() == granted
    assert api(cast.alice).get(f"/api/v1/prescriptions/{prescription.pk}").json()["refills_remaining"] == 0


def test_the_doctor_lists_what_is_open(cast, api):
    (_, first), (_, second) = asked(cast), asked(cast)
    first.refuse(by=cast.smith.user, reason="Come and see me")
    assert [row["id"] for row in api(cast.smith).get(f"{URL}?open=true").json()["results"]] == [str(second.pk)]
    assert len(api(cast.smith).get(URL).json()["results"]) == 2


def test_a_second_answer_is_409(cast, api):
    _, request = asked(cast)
    client = api(cast.smith)
    client.post(f"{URL}/{request.pk}/grant")
    answer = client.post(f"{URL}/{request.pk}/refuse", {"reason": "No"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_answered")


def test_a_refusal_without_a_reason_is_400(cast, api):
    _, request = asked(cast)
    answer = api(cast.smith).post(f"{URL}/{request.pk}/refuse", {})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


@pytest.mark.parametrize("who", ["charlie", "brown", "laboratory"])
def test_the_stranger_sees_nothing_and_answers_nothing(cast, api, who):
    prescription, request = asked(cast)
    client = api(getattr(cast, who))
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{request.pk}").status_code == 404
    for verb in ("grant", "refuse"):
        assert client.post(f"{URL}/{request.pk}/{verb}", {"reason": "x"}).status_code == 404
    for verb in ("refill-requests", "renew"):
        assert client.post(f"/api/v1/prescriptions/{prescription.pk}/{verb}").status_code == 404
    assert RefillRequest.objects.open().get() == request


def test_a_patient_answers_nothing(cast, api):
    _, request = asked(cast)
    assert api(cast.alice).post(f"{URL}/{request.pk}/grant").status_code == 403


def test_a_renewal_is_a_new_prescription_linked_to_the_old_one(cast, api):
    old = issued(cast, notes="With food")
    answer = api(cast.smith).post(f"/api/v1/prescriptions/{old.pk}/renew", {"duration_days": 14})
    new = answer.json()
    assert (answer.status_code, new["renews"], new["duration_days"], new["notes"]) == (
        201,
        str(old.pk),
        14,
        "With food",
    )
    body = api(cast.alice).get(f"/api/v1/prescriptions/{old.pk}").json()
    assert (body["status"], body["renewal"]) == ("completed", new["id"])


def test_a_renewal_that_an_alert_stops_leaves_everything_as_it_was(cast, api, rules):
    old, request = asked(cast, refills_remaining=0, medication="amoxicillin")
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="penicillin", severity="severe")
    url, client = f"/api/v1/prescriptions/{old.pk}/renew", api(cast.smith)
    stopped = client.post(url)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "override_needed")
    assert (Prescription.objects.get().state, RefillRequest.objects.open().get()) == ("active", request)
    answers = [
        {"alert": alert["id"], "reason": "tolerated_before", "note": "Twice"} for alert in stopped.json()["alerts"]
    ]
    assert client.post(url, {"overrides": answers}, format="json").status_code == 201


def test_a_renewal_is_no_duplicate_of_what_it_renews(cast, api, rules):
    old, _ = asked(cast, refills_remaining=0, medication="amoxicillin")
    check = api(cast.smith).post(f"/api/v1/prescriptions/{old.pk}/renew").json()["check"]
    assert (check["status"], check["alerts"]) == ("clear", [])


@pytest.mark.parametrize("field, value", [("duration_days", 0), ("duration_days", "x"), ("refills_remaining", 100)])
def test_a_renewal_that_cannot_be_is_400_and_names_the_field(cast, api, field, value):
    answer = api(cast.smith).post(f"/api/v1/prescriptions/{issued(cast).pk}/renew", {field: value}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_reading_many_takes_as_many_queries_as_reading_one(cast, api, django_assert_max_num_queries):
    for _ in range(3):
        asked(cast)
    client = api(cast.smith)
    with django_assert_max_num_queries(8):
        assert len(client.get(URL).json()["results"]) == 3
    with django_assert_max_num_queries(9):
        assert len(client.get("/api/v1/prescriptions").json()["results"]) == 3
