"""An allergy to a class finds what an allergy to any of its drugs does: which one it was is not on record."""

from datetime import date

import pytest

from prescriptions.rule_tables import listed
from prescriptions.rules import WORST_FIRST
from prescriptions.rules_seed.load import seed_tables
from tests.prescriptions.book import allergic, book_of, checked, found, seed_book

TABLES = seed_tables()
MEMBERS: dict[str, list[str]] = {}
for name, row in TABLES["ingredients"].items():
    for one_class in listed(row["classes"]):
        MEMBERS.setdefault(one_class, []).append(name)
TODAY = date(2026, 6, 1)
CONTRAINDICATED, MAJOR, MODERATE, MINOR = "contraindicated", "major", "moderate", "minor"


def levels(code, severe, book=None):
    """Ingredient -> how severe the worst is that an allergy of this code finds in it; 0 is the worst of all."""
    book = book or seed_book()
    all_found = {name: list(book.against(code, name, TODAY, severe=severe)) for name in TABLES["ingredients"]}
    return {name: min(WORST_FIRST[rule.graded(severe)] for rule in rules) for name, rules in all_found.items() if rules}


@pytest.mark.parametrize("severe", [False, True])
@pytest.mark.parametrize("one_class", sorted(MEMBERS))
def test_what_any_member_finds_the_class_finds_and_hardly_milder(one_class, severe):
    of_class = levels(f"class:{one_class}", severe)
    of_members = [levels(f"ingredient:{member}", severe) for member in MEMBERS[one_class]]
    for target in {name for levels_of in of_members for name in levels_of}:
        each = [levels_of.get(target, 9) for levels_of in of_members]
        at_least = max(1, min(each)) if severe else min(3, min(each) + 1)
        assert of_class.get(target, 9) <= at_least, target
        assert of_class[target] <= max(each), target  # what all find is no milder than the mildest of them


def test_a_class_alarms_no_more_than_its_own_rules_or_the_worst_of_its_members_do():
    book = seed_book()
    for one_class, members in MEMBERS.items():
        side, worst = f"class:{one_class}", [levels(f"ingredient:{member}", True) for member in members]
        own = {rule.code for rules in book.allergies.get(side, {}).values() for rule in rules}
        for target, level in levels(side, True).items():
            said = own & {rule.code for rule in book.against(side, target, TODAY, severe=True)}
            assert said or level >= min(levels_of.get(target, 9) for levels_of in worst), (one_class, target)


@pytest.mark.parametrize(
    "one_class, drug, severity",
    [
        ("Aminopenicillins", "phenoxymethylpenicillin", CONTRAINDICATED),
        ("Aminopenicillins", "flucloxacillin", CONTRAINDICATED),
        ("Aminopenicillins", "piperacillin/tazobactam", CONTRAINDICATED),
        ("Aminopenicillins", "cefalexin", MAJOR),
        ("Aminopenicillins", "ceftriaxone", MINOR),
        ("Aminopenicillins", "meropenem", MINOR),
        ("Aminocephalosporins", "amoxicillin", MAJOR),
        ("Cephalosporins", "amoxicillin", MAJOR),
        ("Penicillins", "cefalexin", MAJOR),
        ("Aminocephalosporins", "ceftriaxone", MINOR),
        ("Aminocephalosporins", "flucloxacillin", MINOR),
        ("Methoxyimino cephalosporins", "cefalexin", MINOR),
        ("Methoxyimino cephalosporins", "amoxicillin", MINOR),
        ("Cephalosporins with another side chain", "meropenem", MINOR),
    ],
)
def test_a_severe_reaction_to_a_class_speaks_against_what_it_is_of_and_what_it_holds(one_class, drug, severity):
    assert found(checked(drug, allergies=[allergic(f"class:{one_class}", severe=True)])) == {("allergy", severity)}


@pytest.mark.parametrize(
    "one_class, drug, severity, member",
    [
        ("Cephalosporins", "amoxicillin", MODERATE, "cefaclor, cefadroxil, cefalexin and cefprozil"),
        ("Cephalosporins", "aztreonam", MODERATE, "ceftazidime"),
        ("Strong CYP3A4 inducers", "phenobarbital", MODERATE, "carbamazepine and phenytoin"),
    ],
)
def test_what_holds_for_some_of_the_class_is_a_step_milder_and_says_for_which(one_class, drug, severity, member):
    (alert,) = checked(drug, allergies=[allergic(f"class:{one_class}")]).alerts
    assert alert.severity == severity
    assert f"That holds for {member}: find out which drug it was." in alert.description


def test_what_holds_for_all_of_the_class_asks_nobody_which_drug_it_was():
    (alert,) = checked("flucloxacillin", allergies=[allergic("class:Aminopenicillins")]).alerts
    assert alert.rules == ("allergy-penicillins",)
    assert "find out" not in alert.description


def test_the_grade_that_a_rule_gives_the_class_itself_stands_without_more_words():
    (alert,) = checked("cefalexin", allergies=[allergic("class:Penicillins")]).alerts
    assert (alert.severity, alert.rules) == (MODERATE, ("allergy-penicillin-aminocephalosporin",))


def test_a_rule_that_is_not_in_force_yet_grades_nothing():
    tables = seed_tables()
    row = tables["allergies"]["allergy-penicillin-aminocephalosporin"]
    later = {**tables["allergies"], row["code"]: {**row, "effective_from": "2199-01-01"}}
    (alert,) = checked(
        "cefalexin", allergies=[allergic("class:Penicillins")], book=book_of({**tables, "allergies": later}, "later")
    ).alerts
    assert (alert.severity, alert.rules) == (MODERATE, ("allergy-aminopenicillin-aminocephalosporin",))


def test_a_class_without_drugs_is_visibly_not_checked_and_its_own_rules_speak_all_the_same():
    tables = seed_tables()
    classes = {**tables["classes"], "Sera": {"name": "Sera", "also_called": "", "source": "Local board 2026"}}
    rule = {**tables["allergies"]["allergy-penicillins"], "allergen": "class:Sera", "target": "ingredient:heparin"}
    book = book_of({**tables, "classes": classes, "allergies": {**tables["allergies"], "sera": rule}}, "sera")
    (missing,) = checked("codeine", allergies=[allergic("class:Sera")], book=book).not_checked
    assert (missing.medication, missing.subject) == ("Sera", "allergy")
    assert found(checked("heparin", allergies=[allergic("class:Sera")], book=book)) == {("allergy", MAJOR)}
