"""From the order to the result: who may, in which order, what is kept, whose pages learn of it."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.refusals import IllegalStep, NotAllowed
from labs.models import LabOrder, LabOrderStep, LabResult
from tests.appointments.making import requested
from tests.labs.making import POTASSIUM, ordered, recorded

pytestmark = pytest.mark.django_db
URL = "/api/v1/lab-orders"


def user_of(person):
    return getattr(person, "user", person)


def resulted(cast, order, **changes):
    asked = {"patient": cast.alice, "doctor": cast.smith, "test_type": "BMP", "result_data": POTASSIUM, **changes}
    return LabResult.record(by=cast.admin, order=order, **asked)


def statuses(order):
    return list(LabOrderStep.objects.filter(order=order).values_list("status", flat=True))


def test_a_doctor_orders_for_a_patient_they_treat(cast):
    order = ordered(cast, priority="urgent")
    assert (order.doctor, order.priority, order.status) == (cast.smith, "urgent", "ordered")
    assert (order.steps.get().by, statuses(order)) == (cast.smith.user, ["ordered"])


@pytest.mark.parametrize("who", ["alice", "charlie", "brown", "admin", "laboratory"])
def test_nobody_else_orders(cast, who):
    requested(cast)
    with pytest.raises(NotAllowed):
        LabOrder.place(by=user_of(getattr(cast, who)), patient=cast.alice, test_type="BMP", reason="x")
    assert not LabOrder.objects.exists()


@pytest.mark.parametrize(
    "field, value",
    [
        ("test_type", ""),
        ("test_type", "x" * 101),
        ("test_type", "a\x00"),
        ("reason", " "),
        ("reason", "x" * 501),
        ("reason", "a\x00"),
        ("priority", "soon"),
    ],
)
def test_an_order_says_what_and_why(cast, field, value):
    with pytest.raises(ValidationError) as error:
        ordered(cast, **{field: value})
    assert field in error.value.message_dict


def test_each_step_keeps_who_did_it(cast):
    order = ordered(cast)
    order.collect(by=cast.admin, note="Left arm")
    resulted(cast, order)
    assert statuses(order) == ["ordered", "collected", "resulted"]
    assert order.steps.get(status="collected").note == "Left arm"
    order.refresh_from_db()
    assert order.status == "resulted"


def test_a_result_may_come_before_anybody_said_that_the_sample_was_collected(cast):
    order = ordered(cast)
    result = resulted(cast, order, status="preliminary")
    assert (statuses(order), result.order) == (["ordered", "resulted"], order)


def test_a_second_result_of_an_order_is_no_second_step(cast):
    order = ordered(cast)
    resulted(cast, order)
    resulted(cast, order, test_type="BMP, part two")
    assert statuses(order) == ["ordered", "resulted"]


def test_a_correction_stays_with_the_order(cast):
    order = ordered(cast)
    assert resulted(cast, order).correct(by=cast.admin, reason="Haemolysed").order == order


def test_a_result_for_a_cancelled_order_or_another_patients_is_refused(cast):
    order = ordered(cast)
    with pytest.raises(ValidationError, match="no such order"):
        resulted(cast, order, patient=cast.bob)
    order.cancel(by=cast.smith.user, reason="Done elsewhere")
    with pytest.raises(ValidationError, match="without it"):
        resulted(cast, order)
    assert not LabResult.objects.exists()


@pytest.mark.parametrize(
    "before, step",
    [
        ("collected", "collect"),
        ("resulted", "collect"),
        ("resulted", "cancel"),
        ("cancelled", "collect"),
        ("cancelled", "cancel"),
    ],
)
def test_a_step_out_of_turn_is_refused(cast, before, step):
    order, by = ordered(cast), cast.smith.user
    {
        "collected": lambda: order.collect(by=by),
        "resulted": lambda: resulted(cast, order),
        "cancelled": lambda: order.cancel(by=by, reason="x"),
    }[before]()
    with pytest.raises(IllegalStep, match=f"is {before}"):
        order.collect(by=by) if step == "collect" else order.cancel(by=by, reason="x")


@pytest.mark.parametrize("who", ["alice", "charlie", "brown", "laboratory"])
def test_who_does_not_treat_the_patient_takes_no_step(cast, who):
    order, by = ordered(cast), user_of(getattr(cast, who))
    with pytest.raises(NotAllowed):
        order.collect(by=by)
    with pytest.raises(NotAllowed):
        order.cancel(by=by, reason="x")
    assert statuses(order) == ["ordered"]


def test_a_cancellation_needs_a_reason(cast):
    with pytest.raises(ValidationError, match="Say why"):
        ordered(cast).cancel(by=cast.smith.user, reason=" ")


@pytest.mark.parametrize("change", [{"status": "lost"}, {"priority": "soon"}, {"reason": ""}, {"test_type": ""}])
def test_the_database_knows_the_rules_too(cast, change):
    order = ordered(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabOrder.objects.filter(pk=order.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_every_step_refreshes_the_pages_of_doctor_and_patient_and_tells_nobody(cast, outbox):
    order = ordered(cast)
    for step in (lambda: order.collect(by=cast.smith.user), lambda: order.cancel(by=cast.smith.user, reason="x")):
        outbox.clear()
        step()
        assert {sent["channel"] for sent in outbox} == {
            f"user:{person.pk}:session" for person in (cast.smith, cast.alice)
        }
        assert {(sent["type"], sent["topic"]) for sent in outbox} == {("refresh", "lab_orders")}


# --- the API ----------------------------------------------------------------------------------------


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
    [("patient_id", str(uuid.uuid4())), ("patient_id", "x"), ("test_type", ""), ("reason", ""), ("priority", "soon")],
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
