"""A result made final, corrected and cancelled over REST; and what a laboratory's program can and cannot do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labs.models import LabResult, LabResultView
from labs.seen import keep_view
from tests.labs.making import POTASSIUM, ordered, recorded

pytestmark = pytest.mark.django_db
URL = "/api/v1/lab-results"
WHY = {"reason": "Haemolysed sample"}


def finding(cast, **changes):
    people = {"patient_id": str(cast.bob.pk), "doctor_id": str(cast.smith.pk)}
    return {**people, "test_type": "BMP", "critical": True, "result_data": {"Potassium": "7.1"}, **changes}


def test_preliminary_final_corrected_cancelled(cast, api):
    client = api(cast.admin)
    first = client.post(URL, finding(cast, status="preliminary")).json()
    assert (first["status"], first["supersedes"], first["superseded_by"]) == ("preliminary", None, None)
    final = client.post(f"{URL}/{first['id']}/finalise", {"result_data": {"Potassium": "7.2"}})
    assert (final.status_code, final.json()["status"], final.json()["supersedes"]) == (201, "final", first["id"])
    right = {"critical": False, "result_data": {"Potassium": "4.2"}}
    corrected = client.post(f"{URL}/{final.json()['id']}/correct", {**WHY, **right}).json()
    assert (corrected["status"], corrected["status_reason"], corrected["critical"]) == (
        "corrected",
        "Haemolysed sample",
        False,
    )
    cancelled = client.post(f"{URL}/{corrected['id']}/cancel", WHY).json()
    assert (cancelled["status"], cancelled["result_data"]["Potassium"]["value"]) == ("cancelled", "4.2")


def test_the_list_has_the_newest_and_the_old_one_names_it(cast, api):
    old, client = recorded(cast), api(cast.smith)
    new = old.correct(by=cast.admin, **WHY)
    assert [row["id"] for row in client.get(URL).json()["results"]] == [str(new.pk)]
    assert client.get(f"{URL}/{old.pk}").json()["superseded_by"] == str(new.pk)


def test_a_superseded_result_is_409(cast, api):
    old, client = recorded(cast), api(cast.smith)
    old.correct(by=cast.admin, **WHY)
    for verb, body in (("correct", WHY), ("cancel", WHY), ("review", {})):
        answer = client.post(f"{URL}/{old.pk}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "superseded")


@pytest.mark.parametrize("verb", ["correct", "cancel"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": 5}, {"reason": "x" * 501}, {"reason": "a\x00"}])
def test_a_change_without_a_usable_reason_is_400(cast, api, verb, body):
    answer = api(cast.admin).post(f"{URL}/{recorded(cast).pk}/{verb}", body)
    assert answer.status_code == 400
    assert "reason" in answer.json()["errors"]


@pytest.mark.parametrize(
    "field, value", [("result_data", {}), ("result_data", None), ("critical", "yes"), ("critical", None)]
)
def test_bad_values_are_400_and_name_the_field(cast, api, field, value):
    answer = api(cast.admin).post(f"{URL}/{recorded(cast).pk}/correct", {**WHY, field: value})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("status", ["corrected", "cancelled", "x", ""])
def test_nothing_is_recorded_as_a_correction(cast, api, status):
    answer = api(cast.admin).post(URL, finding(cast, status=status))
    assert (answer.status_code, "status" in answer.json()["errors"]) == (400, True)


@pytest.mark.parametrize("stranger", ["charlie", "alice", "brown", "laboratory"])
@pytest.mark.parametrize("verb", ["finalise", "correct", "cancel"])
def test_to_the_stranger_there_is_no_such_result(cast, api, stranger, verb):
    assert api(getattr(cast, stranger)).post(f"{URL}/{recorded(cast).pk}/{verb}", WHY).status_code == 404


def test_the_patient_sees_it_and_may_not_change_it(cast, api):
    assert api(cast.bob).post(f"{URL}/{recorded(cast).pk}/correct", WHY).status_code == 403


def test_fetching_it_is_seeing_it_and_the_first_time_counts(cast, api):
    result, client = recorded(cast), api(cast.smith)
    client.get(URL)
    assert not LabResultView.objects.exists()
    client.get(f"{URL}/{result.pk}")
    first = LabResultView.objects.get()
    client.get(f"{URL}/{result.pk}")
    assert (LabResultView.objects.get(), first.user) == (first, cast.smith.user)


@pytest.mark.parametrize("path", [URL, "/lab-results/", "/lab-results/sign-off/", "/"])
def test_a_longer_list_costs_no_query_more(cast, api, signed_in, path):
    client = api(cast.smith) if path == URL else signed_in(cast.smith)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    def make():
        LabResult.objects.filter(pk=recorded(cast).pk).update(all_normal=True)
        result = recorded(cast).correct(by=cast.admin, **WHY)
        keep_view(result, by=cast.smith.user)

    make()
    cost()
    before = cost()
    for _ in range(4):
        make()
    assert cost() == before


# --- a laboratory -----------------------------------------------------------------------------------


def test_a_laboratory_records_for_any_patient_and_the_answer_shows_what_it_sent(cast, api):
    answer = api(cast.laboratory).post(URL, finding(cast))
    assert answer.status_code == 201
    assert answer.json()["result_data"]["Potassium"]["value"] == "7.1"
    assert LabResult.objects.get().recorded_by == cast.laboratory


def test_a_laboratory_names_the_doctor(cast, api):
    body = finding(cast)
    del body["doctor_id"]
    answer = api(cast.laboratory).post(URL, body)
    assert (answer.status_code, "doctor_id" in answer.json()["errors"]) == (400, True)


def test_a_laboratory_records_for_an_order_and_learns_nothing_of_others(cast, api):
    order = ordered(cast)
    client = api(cast.laboratory)
    wrong = client.post(URL, finding(cast, order_id=str(order.pk)))
    assert (wrong.status_code, "order_id" in wrong.json()["errors"]) == (400, True)
    right = client.post(URL, finding(cast, patient_id=str(cast.alice.pk), order_id=str(order.pk)))
    assert (right.status_code, right.json()["order_id"]) == (201, str(order.pk))


def test_a_laboratory_may_not_read_back_what_it_recorded(cast, api):
    client = api(cast.laboratory)
    result = client.post(URL, finding(cast)).json()["id"]
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{result}").status_code == 404
    assert client.post(f"{URL}/{result}/review").status_code == 404


def test_a_laboratory_finalises_corrects_and_cancels_its_own_only(cast, api):
    client, other = api(cast.laboratory), recorded(cast)
    first = client.post(URL, finding(cast, status="preliminary")).json()["id"]
    final = client.post(f"{URL}/{first}/finalise", {}).json()["id"]
    assert client.post(f"{URL}/{final}/correct", {**WHY, "result_data": POTASSIUM}).status_code == 201
    assert client.post(f"{URL}/{other.pk}/cancel", WHY).status_code == 404


def test_the_same_key_gives_a_laboratory_the_same_answer(cast, api):
    client, key = api(cast.laboratory), {"HTTP_IDEMPOTENCY_KEY": "sample-17"}
    first, second = (client.post(URL, finding(cast), **key).json() for _ in range(2))
    assert first == second
    assert LabResult.objects.count() == 1


@pytest.mark.parametrize("patient_id", ["x", "00000000-0000-4000-8000-000000000000", None])
def test_a_patient_who_is_none_is_400_to_a_laboratory(cast, api, patient_id):
    answer = api(cast.laboratory).post(URL, finding(cast, patient_id=patient_id))
    assert (answer.status_code, "patient_id" in answer.json()["errors"]) == (400, True)


def test_no_other_create_is_for_a_laboratory(cast, api):
    client, alice = api(cast.laboratory), str(cast.alice.pk)
    visit = {
        "patient_id": alice,
        "doctor_id": str(cast.smith.pk),
        "requested_time": "2027-03-02T10:00:00Z",
        "reason": "x",
    }
    assert client.post("/api/v1/appointments", visit).status_code in (400, 403)
    drug = {"patient_id": alice, "medication": "x", "dosage": "x", "frequency": "x", "duration_days": 1}
    assert client.post("/api/v1/prescriptions", drug).status_code in (400, 403)
    assert client.post("/api/v1/system-alerts", {"severity": "info", "message": "x"}).status_code == 403
