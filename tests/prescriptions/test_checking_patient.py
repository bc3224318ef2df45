"""The check of a real patient, against the real tables: what goes into it, and what it costs."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.utils import timezone

from prescriptions import checking, loading
from prescriptions.checking import check
from prescriptions.models import Allergy, DrugClass, InteractionRule, Prescription, RuleSet
from prescriptions.rule_store import store
from prescriptions.rule_tables import COLUMNS
from prescriptions.rules_seed.load import EXAMPLE
from tests.prescriptions.test_issue import issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
TWENTY = [
    "warfarin 5 mg", "ibuprofen 400 mg", "aspirin 81 mg", "simvastatin 40 mg", "clarithromycin 500 mg",
    "metformin 500 mg", "lisinopril 10 mg", "potassium chloride", "lithium carbonate", "amiodarone 200 mg",
    "fluoxetine 20 mg", "phenelzine", "tramadol 50 mg", "omeprazole 20 mg", "atazanavir 300 mg", "tizanidine 4 mg",
    "ciprofloxacin 500 mg", "amoxicillin", "levothyroxine 50 mcg", "amlodipine/valsartan 5/80 mg",
]  # fmt: skip


def allergy(cast, substance="penicillin", **how):
    return Allergy.record(by=cast.admin, patient=cast.alice, substance=substance, **how)


def kinds(found):
    return {(alert.kind, alert.severity) for alert in found.alerts}


def test_the_patients_allergies_count(cast):
    allergy(cast, reaction="rash")
    found = check(["amoxicillin 500 mg"], cast.alice)
    assert kinds(found) == {("allergy", "major")}
    assert "penicillin (rash)" in found.alerts[0].description
    assert check(["amoxicillin 500 mg"], cast.bob).status == "clear"


def test_an_allergy_that_ended_or_was_an_error_counts_no_longer(cast):
    allergy(cast).end_now(by=cast.admin, reason="Tolerated amoxicillin")
    allergy(cast, "amoxicillin").enter_in_error(by=cast.admin, reason="Another patient")
    assert check(["amoxicillin"], cast.alice).status == "clear"


def test_an_uncoded_allergy_of_the_patient_is_named_as_not_checked(cast):
    allergy(cast, "pencillin")
    (missing,) = check(["amoxicillin"], cast.alice).not_checked
    assert (missing.medication, missing.subject) == ("pencillin", "allergy")


def test_what_the_patient_takes_already_counts_until_it_has_ended(cast):
    warfarin = issued(cast, medication="Warfarin 5 mg")
    found = check(["ibuprofen"], cast.alice)
    assert kinds(found) == {("interaction", "major")}
    assert [(ran.text, ran.is_new) for ran in found.medications] == [("ibuprofen", True), ("Warfarin 5 mg", False)]
    Prescription.objects.filter(pk=warfarin.pk).update(
        created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(days=1)
    )
    assert check(["ibuprofen"], cast.alice).status == "clear"


def test_what_the_patient_takes_and_nobody_knows_is_not_checked(cast):
    issued(cast, medication="Grandmother's drops")
    found = check(["ibuprofen"], cast.alice)
    assert (found.status, found.not_checked[0].medication) == ("not_checked", "Grandmother's drops")


def test_the_same_drug_again_is_a_duplicate_of_the_active_prescription(cast):
    issued(cast, medication="Amoxicillin 500 mg capsule")
    assert kinds(check(["amoxicillin"], cast.alice)) == {("duplicate", "moderate")}


def test_a_dead_check_looks_dead():
    RuleSet.objects.all().delete()
    found = check(["warfarin", "ibuprofen"])
    assert (found.status, found.alerts, found.rule_set) == ("not_checked", (), None)


def test_a_rule_set_without_drugs_is_none():
    store({table: {} for table in COLUMNS})
    RuleSet(version=2, source="Empty").save()
    assert check(["warfarin"]).status == "not_checked"


def test_an_error_of_the_checker_is_an_error_and_never_clear(monkeypatch):
    def fail():
        raise RuntimeError("no database")

    monkeypatch.setattr(checking, "rule_book", fail)
    with pytest.raises(RuntimeError):
        check(["warfarin"])


def test_the_next_check_knows_that_the_rules_have_changed(cast):
    before = check(["warfarin", "ibuprofen"])
    with RuleSet.change(by=cast.admin, source="Local board"):
        rule = InteractionRule.objects.get(code="warfarin-nsaids")
        rule.severity = "contraindicated"
        rule.save()
    after = check(["warfarin", "ibuprofen"])
    assert (before.rule_set["version"], after.rule_set["version"]) == (1, 2)
    assert (before.alerts[0].severity, after.alerts[0].severity) == ("major", "contraindicated")
    assert before.fingerprint != after.fingerprint


def test_approving_a_rule_set_shows_in_the_next_check(cast):
    assert check(["warfarin"]).rule_set["label"] == EXAMPLE
    RuleSet.objects.get().approve(by=cast.admin)
    assert check(["warfarin"]).rule_set["label"].startswith("Approved locally on ")


def test_a_change_while_the_rules_are_read_is_not_half_seen(cast, monkeypatch):
    read, changes = loading.from_database, iter([True])

    def read_and_change():
        tables = read()
        if next(changes, False):
            with RuleSet.change(by=cast.admin, source="Meanwhile"):
                one = DrugClass.objects.get(name="Statins")
                one.source = "Another"
                one.save()
        return tables

    monkeypatch.setattr(loading, "from_database", read_and_change)
    loading._kept.clear()
    assert check(["warfarin"]).rule_set["version"] == 2


@pytest.mark.parametrize("number", [1, 20])
def test_a_check_takes_one_query_and_of_a_patient_three_however_many_drugs(cast, django_assert_num_queries, number):
    for substance in ("penicillin", "aspirin", "berries")[: max(1, number // 7)]:
        allergy(cast, substance)
    patient = cast.alice
    check(["warfarin"])
    with django_assert_num_queries(1):
        check(TWENTY[:number])
    with django_assert_num_queries(3):
        check(TWENTY[:number], patient)


def test_the_first_check_of_a_version_reads_it_in_twelve_queries(django_assert_num_queries):
    loading._kept.clear()
    with django_assert_num_queries(12):
        check(TWENTY)


def test_twenty_drugs_are_checked_in_under_50_ms(cast):
    allergy(cast)
    patient = cast.alice
    check(TWENTY, patient)
    spent = []
    for _ in range(7):
        begun = perf_counter()
        found = check(TWENTY, patient)
        spent.append(perf_counter() - begun)
    assert len(found.alerts) >= 10
    assert min(spent) < 0.050, spent
