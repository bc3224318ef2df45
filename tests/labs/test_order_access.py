"""Orders over REST and on the pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labs.models import LabResult
from tests.appointments.making import requested
from tests.cast import NOBODYS_ID
from tests.labs.making import ordered, recorded

pytestmark = pytest.mark.django_db
URL = "/api/v1/lab-orders"


def test_the_api_orders_collects_and_cancels(cast, api):
    requested(cast)
    client = api(cast.smith)
    body = {"patient_id": str(cast.alice.pk), "test_type": "BMP", "reason": "Tired", "priority": "urgent"}
    made = client.post(URL, body)
    assert (made.status_code, made.json()["status"]) == (201, "ordered")
    one = f"{URL}/{made.json()['id']}"
    assert client.post(f"{one}/collect", {}).json()["status"] == "collected"
    cancelled = client.post(f"{one}/cancel", {"reason": "Done elsewhere"}).json()
    assert [step["status"] for step in cancelled["history"]] == ["ordered", "collected", "cancelled"]
    assert client.post(f"{one}/collect", {}).status_code == 409
    assert api(cast.alice).get(one).json()["status"] == "cancelled"


def test_the_api_narrows_by_status(cast, api):
    order = ordered(cast)
    client = api(cast.smith)
    assert [row["id"] for row in client.get(f"{URL}?status=ordered").json()["results"]] == [str(order.pk)]
    assert client.get(f"{URL}?status=cancelled").json()["results"] == []
    assert client.get(f"{URL}?status=lost").status_code == 400


@pytest.mark.parametrize(
    "field, value",
    [("patient_id", NOBODYS_ID), ("patient_id", "x"), ("test_type", ""), ("reason", ""), ("priority", "soon")],
)
def test_bad_input_is_400_and_names_the_field(cast, api, field, value):
    requested(cast)
    body = {"patient_id": str(cast.alice.pk), "test_type": "BMP", "reason": "Tired", field: value}
    answer = api(cast.smith).post(URL, body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("who, status", [("alice", 403), ("admin", 403), ("laboratory", 403), ("brown", 400)])
def test_the_api_refuses_who_may_not_order(cast, api, who, status):
    requested(cast)
    body = {"patient_id": str(cast.alice.pk), "test_type": "BMP", "reason": "Tired"}
    assert api(getattr(cast, who)).post(URL, body).status_code == status


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown", "laboratory"])
def test_the_stranger_sees_no_order(cast, api, stranger):
    order, client = ordered(cast), api(getattr(cast, stranger))
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{order.pk}").status_code == 404
    assert client.post(f"{URL}/{order.pk}/collect", {}).status_code == 404
    assert client.post(f"{URL}/{order.pk}/cancel", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("url", [URL, "/lab-results/orders/"])
def test_a_longer_list_costs_no_query_more(cast, api, signed_in, url, django_assert_num_queries):
    ordered(cast)
    client = api(cast.smith) if url == URL else signed_in(cast.smith)
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for _ in range(4):
        ordered(cast)
    with django_assert_num_queries(len(first)):
        client.get(url)


# --- the pages --------------------------------------------------------------------------------------


def test_a_doctor_orders_on_the_page_and_the_patient_reads_it(cast, signed_in):
    requested(cast)
    form = {"patient": str(cast.alice.pk), "test_type": "TSH", "priority": "routine", "reason": "Always cold"}
    answer = signed_in(cast.smith).post("/lab-results/orders/new/", form)
    assert answer.status_code == 302
    for who in (cast.smith, cast.alice, cast.admin):
        assert "Always cold" in signed_in(who).get(answer.url).content.decode()
        assert "TSH" in signed_in(who).get("/lab-results/orders/").content.decode()


def test_an_order_with_errors_keeps_what_was_typed(cast, signed_in):
    form = {"patient": str(cast.alice.pk), "test_type": "TSH", "priority": "routine", "reason": ""}
    page = signed_in(cast.smith).post("/lab-results/orders/new/", form)
    assert page.status_code == 400
    assert 'value="TSH"' in page.content.decode()


@pytest.mark.parametrize("who", ["alice", "admin", "laboratory"])
def test_who_is_no_doctor_is_told_that_doctors_order(cast, signed_in, who):
    assert signed_in(getattr(cast, who)).get("/lab-results/orders/new/").status_code == 403


def test_the_steps_are_buttons_for_those_who_may_take_them(cast, signed_in):
    path = ordered(cast).get_absolute_url()
    assert "The sample is collected" not in signed_in(cast.alice).get(path).content.decode()
    doctor = signed_in(cast.smith)
    assert "The sample is collected" in doctor.get(path).content.decode()
    assert doctor.post(f"{path}collect/").status_code == 302
    assert doctor.post(f"{path}cancel/", {"reason": ""}).status_code == 409
    assert doctor.post(f"{path}cancel/", {"reason": "Done elsewhere"}).status_code == 302
    assert "Done elsewhere" in doctor.get(f"{path}partial/").content.decode()


def test_the_result_of_an_order_is_recorded_from_its_page(cast, signed_in):
    order, doctor = ordered(cast), signed_in(cast.smith)
    page = doctor.get(f"/lab-results/new/?order={order.pk}").content.decode()
    assert f'value="{order.pk}"' in page
    rows = {"form-TOTAL_FORMS": "8", "form-INITIAL_FORMS": "0", "form-0-name": "Potassium", "form-0-value": "4.1"}
    form = {"patient": str(cast.alice.pk), "doctor": str(cast.smith.pk), "test_type": "BMP", "order": str(order.pk)}
    assert doctor.post("/lab-results/new/", {**form, **rows, "preliminary": "on"}).status_code == 302
    result = LabResult.objects.get()
    assert (result.order, result.status) == (order, "preliminary")


@pytest.mark.parametrize("stranger", ["charlie", "brown", "bob"])
def test_the_stranger_gets_404_for_every_page_of_an_order(cast, signed_in, stranger):
    path, client = ordered(cast).get_absolute_url(), signed_in(getattr(cast, stranger))
    assert {client.get(path).status_code, client.get(f"{path}partial/").status_code} == {404}
    assert client.post(f"{path}collect/").status_code == 404
    assert client.post(f"{path}cancel/", {"reason": "x"}).status_code == 404
    assert "BMP" not in client.get("/lab-results/orders/").content.decode()


def test_a_result_without_an_order_is_as_good(cast):
    assert recorded(cast).order is None
