import pytest

from prescriptions.models import Prescription
from tests.appointments.making import requested
from tests.cast import NOBODYS_ID
from tests.prescriptions.test_issue import ORDER, issued

pytestmark = pytest.mark.django_db
URL = "/api/v1/prescriptions"


def order(cast, **changes):
    return {"patient_id": str(cast.alice.pk), **ORDER, **changes}


def test_a_doctor_prescribes(cast, api):
    requested(cast)
    answer = api(cast.smith).post(URL, order(cast, refills_remaining=1, notes="With water"))
    body = answer.json()
    assert answer.status_code == 201
    assert (body["patient_id"], body["doctor_id"]) == (str(cast.alice.pk), str(cast.smith.pk))
    assert (body["medication"], body["duration_days"], body["refills_remaining"]) == ("Amoxicillin", 7, 1)
    assert body["created_at"].endswith("Z")
    assert body["expires_at"] > body["created_at"]


def test_refills_and_notes_may_be_left_out(cast, api):
    requested(cast)
    body = api(cast.smith).post(URL, order(cast)).json()
    assert (body["refills_remaining"], body["notes"]) == (0, "")


@pytest.mark.parametrize("who", ["alice", "admin", "trainee"])
def test_who_may_not_prescribe_gets_403(cast, api, who):
    answer = api(getattr(cast, who)).post(URL, order(cast))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "field, value",
    [
        ("patient_id", None),
        ("patient_id", "x"),
        ("patient_id", NOBODYS_ID),
        ("medication", ""),
        ("medication", 5),
        ("dosage", None),
        ("frequency", "a\x00b"),
        ("duration_days", 0),
        ("duration_days", 1.5),
        ("duration_days", True),
        ("duration_days", "a week"),
        ("duration_days", 10**30),
        ("refills_remaining", -1),
        ("refills_remaining", None),
        ("notes", "x" * 2001),
    ],
)
def test_bad_input_is_400_and_names_the_field(cast, api, field, value):
    requested(cast)
    answer = api(cast.smith).post(URL, order(cast, **{field: value}))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Prescription.objects.exists()


def test_a_patient_one_does_not_treat_is_an_unknown_patient(cast, api):
    answer = api(cast.brown).post(URL, order(cast))
    assert answer.status_code == 400
    assert "patient_id" in answer.json()["errors"]


def test_those_concerned_list_and_read_it(cast, api):
    prescription = issued(cast)
    for person in (cast.alice, cast.smith, cast.admin):
        assert [row["id"] for row in api(person).get(URL).json()["results"]] == [str(prescription.pk)]
        assert api(person).get(f"{URL}/{prescription.pk}").status_code == 200


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_sees_nothing(cast, api, stranger):
    prescription, client = issued(cast), api(getattr(cast, stranger))
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{prescription.pk}").status_code == 404


def test_without_a_token_there_is_nothing(cast, api):
    assert api(None).get(URL).status_code == api(None).post(URL, {}).status_code == 401
