"""From the order to the result: who may, in which order, what is kept, whose pages learn of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import IllegalStep, NotAllowed
from labs.models import LabOrder, LabOrderStep, LabResult
from tests.appointments.making import requested
from tests.labs.making import POTASSIUM, ordered

pytestmark = pytest.mark.django_db


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
