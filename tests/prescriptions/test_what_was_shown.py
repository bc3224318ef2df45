"""What was shown to a prescriber is kept for good, costs little, and goes stale on open pages when it must."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from prescriptions.models import Allergy, RecordedCheck, RuleSet, ShownAlert
from tests.appointments.making import requested
from tests.prescriptions.answering import (
    ANTICOAGULANT,
    NSAID,
    answers,
    prescribe,
    recorded,
    rows,
    stopped,
)
from tests.prescriptions.test_checking_patient import TWENTY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


def test_a_stop_is_kept_although_nothing_is_issued(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    stopped(smith, cast.alice, NSAID)
    kept = RecordedCheck.objects.get(prescription=None)
    assert (kept.medication, kept.by, kept.patient) == (NSAID, smith.user, cast.alice)
    assert rows() == [(NSAID, "major", "stopped")]


def test_the_override_follows_the_stop_and_a_stop_that_nothing_follows_was_obeyed(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    stopped(smith, cast.alice, "naproxen")
    for _ in range(2):
        stopped(smith, cast.alice, NSAID)
    prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID))
    ends = ShownAlert.objects.filter(followed_by=None).select_related("recorded_check")
    assert {(row.recorded_check.medication, row.outcome) for row in ends} == {
        ("naproxen", "stopped"),
        (NSAID, "overridden"),
    }
    assert ShownAlert.objects.count() == 4


def test_a_stop_of_another_prescriber_patient_or_day_is_another_question(cast, smith):
    requested(cast, doctor=cast.brown)
    requested(cast, patient=cast.bob)
    for patient in (cast.alice, cast.bob):
        prescribe(smith, patient, ANTICOAGULANT)
    stopped(cast.brown, cast.alice, NSAID)
    stopped(smith, cast.bob, NSAID)
    prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID))
    assert not ShownAlert.objects.exclude(follows=None).exists()


@pytest.mark.parametrize("table", ["prescriptions_recordedcheck", "prescriptions_shownalert"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_keeps_what_was_shown(cast, smith, table, statement):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    stopped(smith, cast.alice, NSAID)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_what_was_shown_is_not_saved_again(cast, smith):
    kept = recorded(prescribe(smith, cast.alice, "paracetamol"))
    with pytest.raises(TypeError):
        kept.save()


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "overridden", "reason": ""},
        {"outcome": "overridden", "reason": "other", "note": "", "severity": "contraindicated"},
        {"outcome": "informed", "severity": "major"},
        {"outcome": "informed", "severity": "moderate", "reason": "other"},
        {"outcome": "ignored"},
        {"severity": "awful"},
    ],
)
def test_the_database_knows_the_rules_too(cast, smith, wrong):
    kept = recorded(prescribe(smith, cast.alice, "paracetamol"))
    whole = {"place": 0, "alert": "x", "kind": "interaction", "severity": "major", "rule": "r", "rules": ["r"],
             "about": ["a"], "medications": ["a"], "description": "d", "source": "s", "is_new": True,
             "outcome": "stopped"}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        ShownAlert(recorded_check=kept, **{**whole, **wrong}).save()


# --- what it costs -----------------------------------------------------------------------------------


def test_issuing_costs_the_same_however_much_the_patient_takes(cast, smith):
    def issue(patient):
        overrides = answers(patient, NSAID)
        with CaptureQueriesContext(connection) as asked:
            prescribe(smith, patient, NSAID, overrides)
        return len(asked), len(overrides)

    requested(cast, patient=cast.bob)
    prescribe(smith, cast.alice, ANTICOAGULANT)
    for drug in [*TWENTY[:1], *TWENTY[3:]]:
        prescribe(smith, cast.bob, drug, answers(cast.bob, drug))
    (few, one), (many, several) = issue(cast.alice), issue(cast.bob)
    assert one < several
    assert few == many


# --- open pages --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["allergy", "end of an allergy", "prescription", "its end", "rules"])
def test_whatever_makes_checks_stale_refreshes_the_pages_of_those_who_check_and_of_nobody_else(
    cast, smith, outbox, change
):
    prescription = prescribe(smith, cast.alice, "paracetamol")
    allergy = Allergy.record(by=cast.admin, patient=cast.alice, substance="aspirin")
    assert cast.charlie and cast.laboratory
    outbox.clear()
    {
        "allergy": lambda: Allergy.record(by=cast.admin, patient=cast.alice, substance="penicillin"),
        "end of an allergy": lambda: allergy.end_now(by=cast.admin, reason="Tolerated"),
        "prescription": lambda: prescribe(smith, cast.alice, "amlodipine"),
        "its end": lambda: prescription.stop(by=smith.user, reason="No pain"),
        "rules": lambda: RuleSet.objects.get().approve(by=cast.admin),
    }[change]()
    told = {sent["channel"] for sent in outbox if sent.get("topic") == "checks"}
    assert told == {f"user:{pk}:session" for pk in (smith.pk, cast.admin.pk)}
