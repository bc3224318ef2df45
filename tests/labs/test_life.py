"""From preliminary to final, corrected or cancelled: what stays readable, who may, and what the database refuses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.refusals import IllegalStep, NotAllowed
from labs.models import LabResult
from labs.previous import compared
from tests.labs.making import POTASSIUM, classified, recorded

pytestmark = pytest.mark.django_db
CORRECT_VALUE = {"Potassium": {"value": "4.1", "unit": "mmol/L", "low": "3.5", "high": "5.1"}}
WHY = {"reason": "Haemolysed sample"}


def preliminary(cast, **changes):
    asked = {"patient": cast.bob, "doctor": cast.smith, "test_type": "BMP", "result_data": POTASSIUM, **changes}
    return LabResult.record(by=cast.admin, status="preliminary", **asked)


def test_a_result_is_final_unless_it_says_that_it_is_preliminary(cast):
    assert recorded(cast).status == "final"
    assert preliminary(cast).status == "preliminary"


@pytest.mark.parametrize("status", ["corrected", "cancelled", "", "x"])
def test_nothing_begins_as_a_correction(cast, status):
    with pytest.raises(ValidationError) as error:
        LabResult.record(
            by=cast.admin, patient=cast.bob, doctor=cast.smith, test_type="BMP", result_data=POTASSIUM, status=status
        )
    assert "status" in error.value.message_dict


def test_a_preliminary_result_becomes_final_with_the_values_it_has(cast):
    old = preliminary(cast)
    new = old.finalise(by=cast.admin)
    assert (new.status, new.supersedes, new.original, new.result_data) == ("final", old, old, old.result_data)


def test_a_correction_supersedes_and_keeps_the_old_value_readable(cast):
    old = recorded(cast)
    new = old.correct(by=cast.admin, result_data=CORRECT_VALUE, **WHY)
    old = LabResult.objects.get(pk=old.pk)
    assert (old.newer_or_none, old.status, old.result_data["Potassium"]["value"]) == (new, "final", "5.0 (repeated)")
    assert (new.status, new.status_reason, new.result_data["Potassium"]["value"]) == (
        "corrected",
        "Haemolysed sample",
        "4.1",
    )
    assert list(LabResult.objects.current()) == [new]


def test_a_correction_needs_a_review_of_its_own(cast):
    old = recorded(cast)
    old.review_with(by=cast.smith.user)
    new = old.correct(by=cast.admin, result_data=CORRECT_VALUE, **WHY)
    assert list(LabResult.objects.to_review_by(cast.smith)) == [new]


def test_a_correction_can_be_corrected_and_all_know_the_first_of_them(cast):
    first = recorded(cast)
    second = first.correct(by=cast.admin, result_data=CORRECT_VALUE, **WHY)
    third = second.correct(by=cast.admin, result_data=POTASSIUM, reason="It was right")
    assert (third.supersedes, third.original) == (second, first)


def test_a_correction_that_says_nothing_of_critical_leaves_it_so(cast):
    old = recorded(cast, critical=True)
    assert old.correct(by=cast.admin, result_data=CORRECT_VALUE, **WHY).critical is True


def test_a_cancelled_result_keeps_its_values_and_alarms_nobody(cast):
    old = classified(recorded(cast, critical=True), normal=False)
    new = old.cancel(by=cast.admin, reason="Another patient's sample")
    assert (new.status, new.critical, new.abnormal) == ("cancelled", False, False)
    assert new.result_data == old.result_data
    assert list(LabResult.objects.in_force()) == []


def test_a_cancellation_is_reviewed_unless_the_doctor_cancelled_it(cast):
    by_laboratory = recorded(cast).cancel(by=cast.admin, **WHY)
    recorded(cast).cancel(by=cast.smith.user, **WHY)
    assert list(LabResult.objects.to_review_by(cast.smith)) == [by_laboratory]


@pytest.mark.parametrize(
    "made, verb, asked",
    [
        (recorded, "finalise", {}),
        (preliminary, "correct", WHY),
        (lambda cast: recorded(cast).cancel(by=cast.admin, **WHY), "correct", WHY),
        (lambda cast: recorded(cast).cancel(by=cast.admin, **WHY), "cancel", WHY),
        (lambda cast: recorded(cast).cancel(by=cast.admin, **WHY), "finalise", {}),
    ],
    ids=["final finalised", "preliminary corrected", "cancelled corrected", "cancelled again", "cancelled finalised"],
)
def test_a_step_out_of_turn_is_refused(cast, made, verb, asked):
    result = made(cast)
    with pytest.raises(IllegalStep, match="cannot be"):
        getattr(result, verb)(by=cast.admin, **asked)


@pytest.mark.parametrize("verb", ["correct", "cancel", "review_with"])
def test_a_superseded_result_is_left_as_it_is(cast, verb):
    old = recorded(cast)
    old.correct(by=cast.admin, **WHY)
    with pytest.raises(IllegalStep, match="Open the newer one") as refused:
        getattr(old, verb)(by=cast.smith.user, **({} if verb == "review_with" else WHY))
    assert refused.value.code == "superseded"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
@pytest.mark.parametrize("verb", ["correct", "cancel"])
def test_a_change_needs_a_reason_that_can_be_kept(cast, verb, reason):
    with pytest.raises(ValidationError) as error:
        getattr(recorded(cast), verb)(by=cast.admin, reason=reason)
    assert "reason" in error.value.message_dict


@pytest.mark.parametrize("verb", ["finalise", "correct", "cancel"])
@pytest.mark.parametrize("who", ["bob", "charlie", "brown", "laboratory"])
def test_who_may_not_record_it_may_not_change_it(cast, who, verb):
    result, person = preliminary(cast) if verb == "finalise" else recorded(cast), getattr(cast, who)
    with pytest.raises(NotAllowed):
        getattr(result, verb)(by=getattr(person, "user", person), **({} if verb == "finalise" else WHY))
    assert list(LabResult.objects.all()) == [result]


@pytest.mark.parametrize("who", ["smith", "admin"])
def test_who_may_record_it_may_correct_it(cast, who):
    person = getattr(cast, who)
    assert recorded(cast).correct(by=getattr(person, "user", person), **WHY).status == "corrected"


def test_a_laboratory_records_for_any_patient_and_corrects_what_it_recorded(cast):
    result = recorded(cast, by=cast.laboratory)
    assert result.correct(by=cast.laboratory, **WHY).recorded_by == cast.laboratory
    assert list(LabResult.objects.visible_to(cast.laboratory)) == []


def test_a_deactivated_laboratory_records_nothing(cast):
    cast.laboratory.is_active = False
    with pytest.raises(NotAllowed):
        recorded(cast, by=cast.laboratory)


def test_what_was_corrected_away_is_nobodys_previous_value(cast):
    recorded(cast).correct(by=cast.admin, result_data=CORRECT_VALUE, **WHY)
    recorded(cast, result_data={"Potassium": "9.9"}).cancel(by=cast.admin, **WHY)
    (row,) = compared(recorded(cast), by=cast.smith.user)
    assert row.before.value == "4.1"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "lost"},
        {"status": "corrected"},
        {"status": "cancelled", "status_reason": "x"},
        {"status_reason": "x"},
        {"abnormal": True, "all_normal": True},
    ],
)
def test_the_database_knows_the_rules_too(cast, change):
    result = recorded(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabResult.objects.filter(pk=result.pk).update(**change)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["correct", "review_with"])
def test_of_two_at_once_one_stands_and_the_other_is_told(cast, other):
    result, both = recorded(cast), Barrier(2)
    doing = {"correct": WHY, "review_with": {}}

    def act(verb):
        mine = LabResult.objects.get(pk=result.pk)
        both.wait(10)
        try:
            getattr(mine, verb)(by=cast.smith.user, **doing[verb])
            return "done"
        except IllegalStep as refused:
            return refused.code
        finally:
            connection.close()

    assert cast.smith
    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(act, ["correct", other]))
    assert ends in (["done", "superseded"], *([["done", "done"]] if other == "review_with" else []))
    assert LabResult.objects.filter(supersedes=result).count() == 1
