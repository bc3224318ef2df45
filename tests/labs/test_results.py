"""Recording and reviewing: who may, what is kept, who is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.refusals import IllegalStep, NotAllowed
from labs.models import LabResult, LabReview
from notifications.channels import doctor_channel, patient_channel
from notifications.models import Alert
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db


def test_values_keep_their_order_and_their_precision(cast):
    sent = {"WBC": "7.50", "Hemoglobin": 13, "A": {"value": "0", "unit": "mg/dL"}}
    result = recorded(cast, result_data=sent)
    result.refresh_from_db()
    assert list(result.result_data) == ["WBC", "Hemoglobin", "A"]
    assert [parts["value"] for parts in result.result_data.values()] == ["7.50", "13", "0"]
    assert [result.result_data["WBC"][part] for part in ("unit", "low", "high")] == [None, None, None]


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_patients_record_nothing(cast, who):
    with pytest.raises(NotAllowed):
        recorded(cast, by=getattr(cast, who).user)


def test_a_doctor_records_for_those_they_treat_only(cast):
    with pytest.raises(NotAllowed):
        recorded(cast, by=cast.smith.user)
    recorded(cast)
    assert recorded(cast, by=cast.smith.user).recorded_by == cast.smith.user


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {},
        {"": "1"},
        {" ": "1"},
        {"x" * 101: "1"},
        {"a\x00": "1"},
        {"K": None},
        {"K": ""},
        {"K": True},
        {"K": ["1"]},
        {"K": {"value": {"deep": 1}}},
        {"K": {"value": "1", "colour": "red"}},
        {"K": {"unit": "mmol/L"}},
        {"K": float("nan")},
        {"K": float("inf")},
        {"K": 10**400},
        {"K": "x" * 101},
        {"K": {"value": "1", "low": "5", "high": "2"}},
        {f"v{n}": "1" for n in range(101)},
    ],
)
def test_values_that_are_none_are_refused(cast, sent):
    with pytest.raises(ValidationError) as error:
        LabResult.record(by=cast.admin, patient=cast.bob, doctor=cast.smith, test_type="BMP", result_data=sent)
    assert "result_data" in error.value.message_dict
    assert not LabResult.objects.exists()


@pytest.mark.parametrize("test_type", ["", " ", "x" * 101, "a\x00"])
def test_a_test_needs_a_name(cast, test_type):
    with pytest.raises(ValidationError) as error:
        recorded(cast, test_type=test_type)
    assert "test_type" in error.value.message_dict


def test_the_ordering_doctor_reviews_with_notes(cast):
    result = recorded(cast)
    result.review_with(by=cast.smith.user, notes="Come in tomorrow")
    result = LabResult.objects.get()
    assert (result.review.by, result.review.notes) == (cast.smith.user, "Come in tomorrow")
    assert list(LabResult.objects.to_review_by(cast.smith)) == []


@pytest.mark.parametrize("who", ["brown", "bob", "charlie"])
def test_nobody_else_reviews(cast, who):
    result = recorded(cast)
    with pytest.raises(NotAllowed, match=r"Dr\. Jane Smith ordered"):
        result.review_with(by=getattr(cast, who).user)
    with pytest.raises(NotAllowed):
        result.review_with(by=cast.admin)
    assert not LabReview.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_reviews_at_once_one_stands_and_the_other_is_told(cast):
    result, both = recorded(cast), Barrier(2)

    def review(notes):
        mine = LabResult.objects.get(pk=result.pk)
        both.wait(10)
        try:
            mine.review_with(by=cast.smith.user, notes=notes)
            return "done"
        except IllegalStep as refused:
            return refused.code
        finally:
            connection.close()

    assert cast.smith
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(review, ["one", "two"])) == ["already_reviewed", "done"]


def test_the_worklist_has_critical_first_and_then_the_oldest(cast):
    old, new, critical = recorded(cast), recorded(cast), recorded(cast, critical=True)
    recorded(cast).review_with(by=cast.smith.user)
    recorded(cast, doctor=cast.brown)
    assert list(LabResult.objects.to_review_by(cast.smith)) == [critical, old, new]


@pytest.mark.parametrize("change", [{"test_type": ""}, {"entries": []}])
def test_the_database_knows_the_rules_too(cast, change):
    result = recorded(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabResult.objects.filter(pk=result.pk).update(**change)


# --- who is told ------------------------------------------------------------------------------------


def notifications(outbox):
    return [sent for sent in outbox if sent["type"] not in ("refresh", "updated")]


@pytest.mark.django_db(transaction=True)
def test_a_critical_result_tells_the_ordering_doctor_who_must_answer(cast, outbox):
    result = recorded(cast, critical=True)
    sent = notifications(outbox)[0]
    assert (sent["channel"], sent["type"]) == (doctor_channel(cast.smith.pk), "critical_lab_result")
    assert (sent["urgent"], sent["requires_review"], sent["requires_ack"]) == (True, True, True)
    assert (sent["result_id"], sent["patient_name"], sent["test_type"]) == (
        str(result.pk),
        "Bob Wilson",
        "BMP",
    )
    assert Alert.objects.get().summary == "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1)"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("critical", [True, False])
def test_a_result_tells_the_patient_that_it_is_there(cast, outbox, critical):
    recorded(cast, critical=critical)
    (sent,) = [sent for sent in notifications(outbox) if sent["type"] == "lab_result_available"]
    assert (sent["channel"], sent["reviewed"]) == (patient_channel(cast.bob.pk), False)
    assert sent["requires_ack"] is False


@pytest.mark.django_db(transaction=True)
def test_a_normal_result_only_refreshes_the_doctors_pages(cast, outbox):
    recorded(cast)
    assert doctor_channel(cast.smith.pk) not in {sent["channel"] for sent in outbox}
    assert {"channel": f"user:{cast.smith.pk}:session", "type": "refresh", "topic": "lab_results"} in outbox


@pytest.mark.django_db(transaction=True)
def test_a_review_tells_the_patient_and_closes_the_alert(cast, outbox):
    result = recorded(cast, critical=True)
    outbox.clear()
    result.review_with(by=cast.smith.user, notes="Reached, sent to hospital")
    (sent,) = notifications(outbox)
    assert (sent["channel"], sent["type"]) == (patient_channel(cast.bob.pk), "lab_result_available")
    assert (sent["result_id"], sent["reviewed"]) == (str(result.pk), True)
    assert Alert.objects.get().closed_by == cast.smith.user


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_result_tells_nobody(cast, outbox):
    assert cast.bob and cast.smith and cast.admin
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        recorded(cast, critical=True)
        raise ZeroDivisionError
    assert outbox == []


def test_a_result_is_never_edited(cast):
    result = recorded(cast)
    result.critical = True
    with pytest.raises(TypeError):
        result.save()
    assert LabResult.objects.get().critical is False
