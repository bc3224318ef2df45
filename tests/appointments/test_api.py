import json

import pytest

from appointments.models import Appointment
from tests.appointments.making import in_days, in_status, requested
from tests.cast import NOBODYS_ID

pytestmark = pytest.mark.django_db
URL = "/api/v1/appointments"


def asking(cast, **changes):
    return {
        "doctor_id": str(cast.smith.pk),
        "requested_time": in_days(3).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": "Annual checkup",
        **changes,
    }


def test_a_patient_asks(cast, api):
    sent = asking(cast)
    answer = api(cast.alice).post(URL, sent)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["patient_id"], body["doctor_id"]) == (str(cast.alice.pk), str(cast.smith.pk))
    assert (body["status"], body["scheduled_time"], body["notes"]) == ("requested", None, "")
    assert body["requested_time"] == sent["requested_time"]
    assert [line["to_status"] for line in body["history"]] == ["requested"]


def test_an_administrator_asks_for_a_patient_and_must_say_which(cast, api):
    admin = api(cast.admin)
    assert "patient_id" in admin.post(URL, asking(cast)).json()["errors"]
    answer = admin.post(URL, asking(cast, patient_id=str(cast.alice.pk)))
    assert answer.json()["patient_id"] == str(cast.alice.pk)


def test_the_same_request_with_the_same_key_is_made_once(cast, api, outbox):
    client, sent = api(cast.alice), asking(cast)
    first, second = (client.post(URL, sent, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    client.post(URL, sent)
    assert Appointment.objects.count() == 2


def test_the_list_can_be_narrowed_to_a_time(cast, api):
    soon, later = requested(cast, requested_time=in_days(2)), requested(cast, requested_time=in_days(5))
    middle = in_days(4).strftime("%Y-%m-%dT%H:%M:%SZ")
    client = api(cast.alice)
    assert [row["id"] for row in client.get(f"{URL}?to={middle}").json()["results"]] == [str(soon.pk)]
    assert [row["id"] for row in client.get(f"{URL}?from={middle}").json()["results"]] == [str(later.pk)]
    assert client.get(f"{URL}?from={middle}&to={middle}").json()["results"] == []


@pytest.mark.parametrize("query", ["from=soon", "to=2027-03-02T10:00:00", "from=0001-01-01T00:00:00Z", "to=%00"])
def test_a_time_that_is_none_is_400_and_named(cast, api, query):
    answer = api(cast.alice).get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize(
    "field, value",
    [
        ("doctor_id", None),
        ("doctor_id", "x"),
        ("doctor_id", NOBODYS_ID),
        ("requested_time", "soon"),
        ("requested_time", "2027-03-02T10:00:00"),
        ("requested_time", "0001-01-01T00:00:00Z"),
        ("requested_time", "0001-01-01T00:00:00+14:00"),
        ("requested_time", "9999-12-31T23:59:59-12:00"),
        ("requested_time", "2020-01-01T00:00:00Z"),
        ("requested_time", 5),
        ("requested_time", None),
        ("reason", ""),
        ("reason", " "),
        ("reason", "x" * 2001),
        ("reason", "a\x00b"),
        ("kind", "a\x00b"),
        ("reason", ["x"]),
        ("reason", 5),
    ],
)
def test_bad_input_is_400_and_names_the_field(cast, api, field, value):
    answer = api(cast.alice).post(URL, asking(cast, **{field: value}))
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "invalid")
    assert field in body["errors"]
    assert body["detail"]
    assert not Appointment.objects.exists()


def test_half_a_surrogate_pair_is_400(cast, api):
    body = json.dumps(asking(cast, reason="half a pair \ud83d"))
    answer = api(cast.alice).post(URL, body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


@pytest.mark.parametrize("body", ["[]", "5", "null", '"x"', "{", '{"reason": "\\ud800"}'])
def test_a_body_that_is_no_object_is_400(cast, api, body):
    answer = api(cast.alice).post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert {"detail", "code"} <= answer.json().keys()


def test_everyone_lists_and_reads_what_is_theirs(cast, api):
    appointment = requested(cast)
    for person in (cast.alice, cast.smith, cast.admin):
        listed = api(person).get(URL).json()
        assert [row["id"] for row in listed["results"]] == [str(appointment.pk)]
        assert listed["next"] is None
        assert api(person).get(f"{URL}/{appointment.pk}").status_code == 200


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_sees_nothing(cast, api, stranger):
    appointment, client = requested(cast), api(getattr(cast, stranger))
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{appointment.pk}").status_code == 404
    assert client.post(f"{URL}/{appointment.pk}/cancel").status_code == 404
    assert client.post(f"{URL}/{appointment.pk}/transition", {"new_status": "cancelled"}).status_code == 404


def test_without_a_token_there_is_nothing(cast, api):
    appointment = requested(cast)
    for path in (URL, f"{URL}/{appointment.pk}"):
        answer = api(None).get(path)
        assert answer.status_code == 401
        assert {"detail", "code"} <= answer.json().keys()


@pytest.mark.parametrize("pk", ["x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_an_id_of_nothing_is_404(cast, api, pk):
    answer = api(cast.alice).get(f"{URL}/{pk}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_list_asks_the_database_as_often_for_twenty_as_for_one(cast, api, django_assert_num_queries):
    client = api(cast.smith)
    requested(cast)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    for _ in range(19):
        requested(cast)
    with django_assert_num_queries(len(one)):
        assert len(client.get(URL).json()["results"]) == 20


def test_the_list_can_be_narrowed_to_a_status(cast, api):
    requested(cast)
    confirmed = in_status(cast, "confirmed")
    rows = api(cast.smith).get(f"{URL}?status=Confirmed").json()["results"]
    assert [row["id"] for row in rows] == [str(confirmed.pk)]
    assert api(cast.smith).get(f"{URL}?status=asleep").status_code == 400
