"""The same message of a sender is one result, however often and whatever it says."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from labs.models import LabResult
from notifications.models import Notification
from tests.cast import make_user
from tests.labs.making import recorded
from tests.labs.test_api import URL, finding

pytestmark = pytest.mark.django_db


def message(cast, **changes):
    return finding(cast, message_id="2026-0042", **changes)


def test_the_same_message_again_is_the_same_result_and_tells_nobody(cast, api):
    client = api(cast.laboratory)
    first = client.post(URL, message(cast))
    told = Notification.objects.count()
    again = client.post(URL, message(cast))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["message_id"] == "2026-0042"
    assert (first.get("Idempotent-Replay"), again["Idempotent-Replay"]) == (None, "true")
    assert (LabResult.objects.count(), Notification.objects.count()) == (1, told)


@pytest.mark.parametrize(
    "changes",
    [
        {"result_data": {"Potassium": "4.1"}},
        {"result_data": {"Potassium": {"value": "7.1"}, "Sodium": {"value": 138, "unit": "mmol/L"}}},
        {"critical": False},
        {"status": "preliminary"},
        {"test_type": "CMP"},
        {"decimal_comma": True},
    ],
)
def test_another_content_under_it_is_409_and_changes_nothing(cast, api, changes):
    client = api(cast.laboratory)
    kept = client.post(URL, message(cast)).json()["id"]
    answer = client.post(URL, message(cast, **changes))
    assert (answer.status_code, answer.json()["code"]) == (409, "message_id_reused")
    assert answer.json()["result_id"] == kept
    assert LabResult.objects.get().result_data["Potassium"]["value"] == "7.1"


def test_another_person_under_it_is_409_too(cast, api):
    client = api(cast.laboratory)
    client.post(URL, message(cast))
    for field, other in (("patient_id", cast.alice), ("doctor_id", cast.brown)):
        assert client.post(URL, message(cast, **{field: str(other.pk)})).status_code == 409


def test_a_message_id_is_its_senders_own(cast, api):
    made = {api(who).post(URL, message(cast)).json()["id"] for who in (cast.laboratory, other_laboratory(), cast.admin)}
    assert len(made) == 3


def other_laboratory():
    return make_user("other-lab@example.com", "Other", "Laboratory", is_laboratory=True)


def test_the_same_values_under_two_ids_are_two_results(cast, api):
    client = api(cast.laboratory)
    first, second = (client.post(URL, finding(cast, message_id=name)).json()["id"] for name in ("m-1", "m-2"))
    assert first != second


def test_asking_again_does_not_tell_a_laboratory_what_became_of_it(cast, api):
    client = api(cast.laboratory)
    first = client.post(URL, message(cast)).json()
    LabResult.objects.get().review_with(by=cast.smith.user, notes="Called him in")
    assert client.post(URL, message(cast)).json() == first
    client.post(f"{URL}/{first['id']}/correct", {"reason": "Haemolysed", "result_data": {"Potassium": "4.1"}})
    assert client.post(URL, message(cast)).json() == first


def test_it_is_answered_after_the_doctor_has_left(cast, api):
    client = api(cast.laboratory)
    first = client.post(URL, message(cast)).json()
    cast.smith.user.is_active = False
    cast.smith.user.save()
    assert client.post(URL, message(cast)).json() == first


def test_it_stands_beside_an_idempotency_key(cast, api):
    client = api(cast.laboratory)
    first, second = (client.post(URL, message(cast), headers={"Idempotency-Key": key}) for key in ("k-1", "k-2"))
    assert first.json() == second.json()
    assert LabResult.objects.count() == 1


def test_an_error_is_not_kept(cast, api):
    client = api(cast.laboratory)
    assert client.post(URL, message(cast, result_data={})).status_code == 400
    assert client.post(URL, message(cast)).status_code == 201


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 201, "ü", "a\x00b", 5, None, ["m"]])
def test_an_id_that_is_none_is_400_and_names_it(cast, api, name):
    answer = api(cast.laboratory).post(URL, finding(cast, message_id=name))
    assert (answer.status_code, "message_id" in answer.json()["errors"]) == (400, True)
    assert not LabResult.objects.exists()


def test_patients_record_nothing_under_an_id_that_is_on_record(cast, api):
    api(cast.laboratory).post(URL, message(cast))
    assert api(cast.bob).post(URL, message(cast)).status_code == 403


def test_the_database_itself_takes_an_id_once(cast):
    first = recorded(cast, by=cast.laboratory)
    LabResult.objects.filter(pk=first.pk).update(message_id="m-1")
    second = recorded(cast, by=cast.laboratory)
    with pytest.raises(IntegrityError, match="lab_result_message_once"):
        LabResult.objects.filter(pk=second.pk).update(message_id="m-1")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_result_and_one_answer(cast, api):
    clients, body, both = [api(cast.laboratory), api(cast.laboratory)], message(cast), Barrier(2)

    def act(client):
        both.wait(10)
        try:
            return client.post(URL, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(act, clients))
    assert answers[0].json() == answers[1].json()
    assert sorted(answer.get("Idempotent-Replay", "") for answer in answers) == ["", "true"]
    assert LabResult.objects.count() == 1
    assert Notification.objects.filter(type="critical_lab_result").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_contents_at_once_one_is_kept_and_the_other_told_so(cast, api):
    both = Barrier(2)
    asked = [(api(cast.laboratory), message(cast, result_data={"Potassium": value})) for value in ("7.1", "7.2")]

    def act(client_and_body):
        client, body = client_and_body
        both.wait(10)
        try:
            return client.post(URL, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, asked)) == [201, 409]
    assert LabResult.objects.count() == 1
