import json

import pytest

from labs.models import LabResult
from tests.cast import NOBODYS_ID
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db
URL = "/api/v1/lab-results"


def finding(cast, **changes):
    return {
        "patient_id": str(cast.bob.pk),
        "doctor_id": str(cast.smith.pk),
        "test_type": "BMP",
        "critical": True,
        "result_data": {
            "Potassium": "7.1",
            "Sodium": {"value": 138, "unit": "mmol/L", "low": 136, "high": 145},
        },
        **changes,
    }


def test_an_administrator_records_and_the_answer_has_the_sent_names(cast, api):
    answer = api(cast.admin).post(URL, finding(cast))
    body = answer.json()
    assert answer.status_code == 201
    assert list(body["result_data"]) == ["Potassium", "Sodium"]
    sent = {
        name: [parts[part] for part in ("value", "unit", "low", "high")] for name, parts in body["result_data"].items()
    }
    assert sent == {"Potassium": ["7.1", None, None, None], "Sodium": ["138", "mmol/L", "136", "145"]}
    assert (body["critical"], body["status"], body["reviewed_by_doctor"]) == (True, "final", False)
    assert (body["doctor_notes"], body["created_at"][-1]) == ("", "Z")


def test_a_doctor_records_as_the_ordering_one_unless_another_is_named(cast, api):
    recorded(cast)
    body = finding(cast)
    del body["doctor_id"]
    assert api(cast.smith).post(URL, body).json()["doctor_id"] == str(cast.smith.pk)
    assert api(cast.smith).post(URL, finding(cast, doctor_id=str(cast.brown.pk))).json()["doctor_id"] == str(
        cast.brown.pk
    )


def test_critical_may_be_left_out(cast, api):
    body = finding(cast, result_data={"Potassium": "4.1"})
    del body["critical"]
    assert api(cast.admin).post(URL, body).json()["critical"] is False


def test_the_same_content_twice_is_two_results(cast, api):
    first, second = (api(cast.admin).post(URL, finding(cast)).json() for _ in range(2))
    assert first["id"] != second["id"]


def test_patients_record_nothing(cast, api):
    assert api(cast.bob).post(URL, finding(cast)).status_code == 403


@pytest.mark.parametrize(
    "field, value",
    [
        ("patient_id", NOBODYS_ID),
        ("patient_id", "x"),
        ("doctor_id", NOBODYS_ID),
        ("doctor_id", None),
        ("test_type", ""),
        ("test_type", 5),
        ("test_type", "x" * 101),
        ("critical", "yes"),
        ("critical", None),
        ("result_data", None),
        ("result_data", {}),
        ("result_data", {"K": {"value": [1]}}),
        ("result_data", {"K": "a\x00b"}),
    ],
)
def test_bad_input_is_400_and_names_the_field(cast, api, field, value):
    answer = api(cast.admin).post(URL, finding(cast, **{field: value}))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not LabResult.objects.exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "[" * 3000 + "]" * 3000])
def test_numbers_that_are_none_are_400(cast, api, number):
    body = json.dumps(finding(cast, result_data={"K": "PLACE"})).replace('"PLACE"', number)
    assert api(cast.admin).post(URL, body, content_type="application/json").status_code == 400


def test_the_ordering_doctor_reviews_once(cast, api):
    result, client = recorded(cast), api(cast.smith)
    answer = client.post(f"{URL}/{result.pk}/review", {"notes": "Come in"})
    assert answer.status_code == 200
    assert (answer.json()["reviewed_by_doctor"], answer.json()["doctor_notes"]) == (True, "Come in")
    again = client.post(f"{URL}/{result.pk}/review", {"notes": "Stay home"})
    assert (again.status_code, again.json()["code"]) == (409, "already_reviewed")
    assert api(cast.bob).get(f"{URL}/{result.pk}").json()["doctor_notes"] == "Come in"


@pytest.mark.parametrize("who", ["bob", "admin"])
def test_who_sees_it_but_did_not_order_it_may_not_review(cast, api, who):
    result = recorded(cast)
    assert api(getattr(cast, who)).post(f"{URL}/{result.pk}/review").status_code == 403


@pytest.mark.parametrize("stranger", ["charlie", "alice", "brown"])
def test_the_stranger_sees_nothing(cast, api, stranger):
    result, client = recorded(cast), api(getattr(cast, stranger))
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{result.pk}").status_code == 404
    assert client.post(f"{URL}/{result.pk}/review").status_code == 404


def test_the_list_can_be_narrowed(cast, api):
    plain, critical = recorded(cast), recorded(cast, critical=True)
    plain.review_with(by=cast.smith.user)
    client = api(cast.smith)
    ids = lambda query: [row["id"] for row in client.get(f"{URL}{query}").json()["results"]]  # noqa: E731
    assert ids("?critical=true") == ids("?reviewed=false") == [str(critical.pk)]
    assert ids("?reviewed=true") == [str(plain.pk)]
    assert client.get(f"{URL}?critical=maybe").status_code == 400


def test_without_a_token_there_is_nothing(cast, api):
    assert api(None).get(URL).status_code == api(None).post(URL, {}).status_code == 401


@pytest.mark.parametrize(
    "written, flag", [("4.10", "N"), ("4.1", "N"), ("4.1e0", None), ("0.00004", "LL"), ("-0.0", "LL"), ("7", "HH")]
)
def test_a_number_of_json_is_kept_as_its_sender_wrote_it(cast, api, catalogue, written, flag):
    body = '{"patient_id": "%s", "doctor_id": "%s", "test_type": "BMP", "result_data": {"Potassium": %s}}'
    sent = body % (cast.bob.pk, cast.smith.pk, written)
    answer = api(cast.laboratory).post("/api/v1/lab-results", sent, content_type="application/json")
    assert answer.status_code == 201
    value = answer.json()["result_data"]["Potassium"]
    assert (value["value"], value["flag"]) == (written, flag)
