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


FAMILY = {
    one: {other for other, names in MEMBERS.items() if 2 * len(set(names) & set(MEMBERS[one])) > len(names)}
    for one in MEMBERS
}
"""Class -> itself and the families that lie within it, or for the most part."""


def levels(code, severe, book=None):
    """Ingredient -> how severe the worst is that an allergy of this code finds in it; 0 is the worst of all."""
    book = book or seed_book()
    all_found = {name: list(book.against(code, name, TODAY, severe=severe)) for name in TABLES["ingredients"]}
    return {name: min(WORST_FIRST[rule.graded(severe)] for rule in rules) for name, rules in all_found.items() if rules}


def at_least(rule, severe):
    """How severe the class must find what an allergy to one of its drugs finds by this rule."""
    graded = WORST_FIRST[rule.graded(severe)]
    only_as_severe = rule.graded(True) != rule.severity and WORST_FIRST[rule.severity] > 1
    return max(1, graded) if severe and not only_as_severe else min(3, graded + 1)


@pytest.mark.parametrize("severe", [False, True])
@pytest.mark.parametrize("one_class", sorted(MEMBERS))
def test_a_class_finds_each_of_its_drugs_as_an_allergy_to_that_drug_does(one_class, severe):
    of_class = levels(f"class:{one_class}", severe)
    for member in MEMBERS[one_class]:
        assert of_class[member] == levels(f"ingredient:{member}", severe)[member], member


@pytest.mark.parametrize("severe", [False, True])
@pytest.mark.parametrize("one_class", sorted(MEMBERS))
def test_what_all_members_find_the_class_finds_and_no_milder_than_the_mildest(one_class, severe):
    of_class = levels(f"class:{one_class}", severe)
    of_members = [levels(f"ingredient:{member}", severe) for member in MEMBERS[one_class]]
    for target in set.intersection(*map(set, of_members)):
        assert of_class[target] <= max(levels_of[target] for levels_of in of_members), target


@pytest.mark.parametrize("severe", [False, True])
@pytest.mark.parametrize("one_class", sorted(MEMBERS))
def test_what_any_member_finds_within_the_family_the_class_finds_and_hardly_milder(one_class, severe):
    of_class = levels(f"class:{one_class}", severe)
    for member in MEMBERS[one_class]:
        akin = {f"ingredient:{member}", *(f"class:{name}" for name in FAMILY[one_class])}
        for target in TABLES["ingredients"]:
            for rule in seed_book().against(f"ingredient:{member}", target, TODAY, severe=severe):
                if TABLES["allergies"][rule.code]["allergen"] in akin:
                    assert of_class.get(target, 9) <= at_least(rule, severe), (member, target, rule.code)


@pytest.mark.parametrize("severe", [False, True])
@pytest.mark.parametrize(
    "one_class, drug",
    [
        ("Non-antibiotic sulfonamides", "aspirin"),
        ("Non-antibiotic sulfonamides", "naproxen"),
        ("Aminosalicylates", "sulfamethoxazole"),
        ("Strong CYP3A4 inducers", "phenobarbital"),
    ],
)
def test_what_a_drug_of_the_class_finds_as_one_of_another_family_the_class_does_not(one_class, drug, severe):
    assert checked(drug, allergies=[allergic(f"class:{one_class}", severe=severe)]).status == "clear"


def test_a_severe_reaction_to_sulfa_informs_about_mesalazine_and_does_not_stop_it():
    (alert,) = checked(
        "mesalazine", allergies=[allergic("class:Sulfonamide antibiotics and sulfasalazine", severe=True)]
    ).alerts
    assert alert.severity == MODERATE
    assert "That holds for sulfasalazine: find out which drug it was." in alert.description


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
        ("Cephalosporins", "aztreonam", MAJOR),
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
        ("Sulfonamide antibiotics and sulfasalazine", "mesalazine", MINOR, "sulfasalazine"),
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
