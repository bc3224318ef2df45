"""What a check says and admits. Each of the first tests is a defect seen in somebody's system."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from prescriptions.checking import check_against
from prescriptions.checks import Taken
from prescriptions.rules_seed.load import seed_tables
from tests.prescriptions.book import allergic, book_of, checked, found, seed_book


def test_all_interactions_are_returned_and_the_worst_comes_first():
    check = checked("warfarin", "ibuprofen", "aspirin", "simvastatin", "clarithromycin", "grapefruit")
    assert [alert.severity for alert in check.alerts] == ["contraindicated", "major", "major", "moderate"]
    assert [alert.medications for alert in check.alerts] == [
        ("clarithromycin", "simvastatin"),
        ("aspirin", "warfarin"),
        ("ibuprofen", "warfarin"),
        ("grapefruit", "simvastatin"),
    ]


def test_the_second_word_counts_as_much_as_the_first():
    """By the first word alone this would be insulin, clear of everything."""
    assert checked("insulin warfarin-like foo", "ibuprofen").status == "not_checked"
    assert found(checked("Sodium valproate / warfarin", "ibuprofen")) == {("interaction", "major")}


def test_an_allergy_without_a_code_is_visibly_not_checked():
    check = checked("amoxicillin", allergies=[allergic("")])
    assert check.status == "not_checked"
    (missing,) = check.not_checked
    assert (missing.medication, missing.subject) == ("Something with berries", "allergy")
    assert missing.why


def test_an_allergy_to_what_the_rule_set_no_longer_knows_is_not_checked_either():
    assert checked("amoxicillin", allergies=[allergic("ingredient:gone")]).status == "not_checked"
    assert checked("amoxicillin", allergies=[allergic("class:Gone")]).status == "not_checked"


def test_without_a_rule_set_nothing_is_clear():
    check = check_against(None, [Taken("warfarin"), Taken("paracetamol")], [allergic("class:Penicillins")])
    assert (check.status, check.rule_set, check.alerts) == ("not_checked", None, ())
    assert [one.medication for one in check.not_checked] == ["warfarin", "paracetamol", "Penicillins"]
    assert check_against(None, []).status == "not_checked"


@pytest.mark.parametrize("kind", ["interactions", "duplicates", "allergies"])
def test_a_rule_set_without_rules_of_a_kind_says_so(kind):
    book = book_of({**seed_tables(), kind: {}})
    check = checked("paracetamol", allergies=[], book=book)
    assert check.status == "not_checked"
    assert [one.subject for one in check.not_checked] == ["rule_set"]
    assert kind in check.not_checked[0].why


@pytest.mark.parametrize("change", [None, {"effective_from": "2199-01-01"}])
@pytest.mark.parametrize(
    "kind, code, says",
    [
        ("duplicates", "duplicate-ingredient", "same ingredient"),
        ("allergies", "allergy-same-substance", "very substance"),
    ],
)
def test_without_the_rule_about_the_very_same_in_force_nothing_is_clear(kind, code, says, change):
    rules = seed_tables()[kind]
    row = rules.pop(code)
    if change:
        rules[code] = {**row, **change}
    book = book_of({**seed_tables(), kind: rules}, f"{code}, {change}")
    codeine = allergic("ingredient:codeine", severe=True)
    (missing,) = checked("codeine", "codeine phosphate", allergies=[codeine], book=book).not_checked
    assert (missing.subject, missing.about) == ("rule_set", (kind,))
    assert says in missing.why
    assert checked("codeine", allergies=[], book=book).status == "not_checked"


def test_an_unknown_drug_keeps_the_answer_from_being_clear():
    check = checked("paracetamol", "warfrin")
    assert check.status == "not_checked"
    (missing,) = check.not_checked
    assert (missing.medication, missing.suggestions[0]) == ("warfrin", "warfarin")


def test_alerts_and_what_could_not_be_checked_stand_beside_each_other():
    check = checked("warfarin", "ibuprofen", "foozine")
    assert check.status == "alerts"
    assert [one.medication for one in check.not_checked] == ["foozine"]
    assert "1 could not be checked" in check.summary


def test_the_known_part_of_a_half_known_combination_is_checked_all_the_same():
    check = checked("warfarin/foozine", "ibuprofen")
    assert found(check) == {("interaction", "major")}
    assert [one.medication for one in check.not_checked] == ["warfarin/foozine"]


def test_no_alert_without_a_rule_about_the_drug():
    """A system asked for a tick at every prescription for a woman: alerts concern the drug."""
    assert checked("paracetamol", "amlodipine", "levothyroxine", allergies=[]).alerts == ()


def test_without_a_patient_clear_says_that_allergies_are_not_covered():
    check = checked("paracetamol")
    assert (check.status, check.covers, check.allergies) == ("clear", ("interactions", "duplicates"), None)
    assert "allergies are not checked" in check.summary


def test_with_a_patient_it_covers_allergies_and_says_when_none_is_on_record():
    check = checked("paracetamol", allergies=[])
    assert (check.status, check.covers) == ("clear", ("interactions", "duplicates", "allergies"))
    assert "No allergy is on record" in check.summary


def test_it_says_when_by_which_rules_and_against_what_it_ran():
    check = checked("Tylenol 3", "warfarin sodium 5 mg", allergies=[allergic("class:Penicillins", reaction="rash")])
    assert check.rule_set == {"version": 1, "effective": "2026-01-01T00:00:00Z", "label": "Example"}
    assert abs((timezone.now() - check.checked_at).total_seconds()) < 60
    assert [(ran.text, ran.ingredients) for ran in check.medications] == [
        ("Tylenol 3", ("codeine", "paracetamol")),
        ("warfarin sodium 5 mg", ("warfarin",)),
    ]
    assert check.allergies == ("Penicillins (rash)",)


def test_a_pair_that_two_rules_speak_of_is_one_alert_with_the_worst_severity_and_both_sources():
    tables = seed_tables()
    rule = {**tables["interactions"]["warfarin-nsaids"], "code": "again", "severity": "minor", "source": "Another 2020"}
    book = book_of({**tables, "interactions": {**tables["interactions"], "again": rule}})
    (alert,) = checked("warfarin", "ibuprofen", book=book).alerts
    assert (alert.severity, alert.rules) == ("major", ("warfarin-nsaids", "again"))
    assert "Battistella" in alert.source
    assert "Another 2020" in alert.source


@pytest.mark.parametrize(
    "text",
    [
        "Tylenol and Percocet",
        "Advil + Nurofen",
        "paracetamol with co-codamol",
        "ibuprofen 200 mg, ibuprofen 400 mg",
        "Percocet (paracetamol 500 mg)",
    ],
)
def test_the_same_ingredient_twice_in_one_text_is_a_duplicate(text):
    (alert,) = checked(text).alerts
    assert (alert.kind, alert.medications) == ("duplicate", (text,))


@pytest.mark.parametrize(
    "text",
    [
        "paracetamol (acetaminophen)",
        "Tylenol (paracetamol) 500 mg",
        "Percocet (oxycodone/paracetamol) 5/325",
        "Augmentin (amoxicillin, clavulanate) 875/125",
        "Tylenol (paracetamol) and amlodipine",
    ],
)
def test_a_bracket_that_says_the_same_again_means_one(text):
    check = checked(text)
    assert (check.status, check.alerts) == ("clear", ())


def test_an_alert_keeps_its_id_however_the_drugs_are_written():
    (one,) = checked("Warfarin sodium 5 mg", "Advil 200 mg").alerts
    (other,) = checked("ibuprofen", "coumadin", "paracetamol").alerts
    assert one.id == other.id


def test_a_rule_that_became_worse_makes_another_alert():
    """Who overrode the milder one has not answered for this."""
    tables = seed_tables()
    worse = {**tables["interactions"]["warfarin-nsaids"], "severity": "contraindicated"}
    book = book_of({**tables, "interactions": {**tables["interactions"], "warfarin-nsaids": worse}})
    assert checked("warfarin", "ibuprofen", book=book).alerts[0].id != checked("warfarin", "ibuprofen").alerts[0].id


def test_a_rule_holds_from_its_day_on(monkeypatch):
    tables = seed_tables()
    later = {key: {**row, "effective_from": "2030-06-01"} for key, row in tables["interactions"].items()}
    mixed = {**later, "warfarin-nsaids": tables["interactions"]["warfarin-nsaids"]}
    book = book_of({**tables, "interactions": mixed})
    assert checked("lithium", "ibuprofen", book=book).status == "clear"
    before = checked("lithium", "ibuprofen", book=book).fingerprint
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 6, 1, 12, tzinfo=UTC))
    assert timezone.localdate() == date(2030, 6, 1)
    now = checked("lithium", "ibuprofen", book=book)
    assert (now.status, now.fingerprint != before) == ("alerts", True)


def test_a_check_is_stale_as_soon_as_a_drug_an_allergy_or_the_rules_change():
    book = seed_book()
    fresh = checked("warfarin", allergies=[]).fingerprint
    assert checked("warfarin", allergies=[]).fingerprint == fresh
    newer = replace(book, version=replace(book.version, id="next"))
    changed = [
        checked("warfarin", "paracetamol", allergies=[]),
        checked("warfarin", allergies=[allergic("class:Penicillins")]),
        checked("warfarin", allergies=[], book=newer),
        checked("warfarin"),
    ]
    assert fresh not in {check.fingerprint for check in changed}


def test_what_the_patient_has_already_is_told_from_what_is_new():
    taken = [Taken("warfarin", is_new=False), Taken("ibuprofen", is_new=False), Taken("aspirin")]
    by_pair = {alert.medications: alert.is_new for alert in check_against(seed_book(), taken).alerts}
    assert by_pair == {("ibuprofen", "warfarin"): False, ("aspirin", "warfarin"): True}
