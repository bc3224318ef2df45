"""The example content is whole: nothing in it dangles, and nothing in it is without a source."""

import re

import pytest

from prescriptions.models import AllergyRule, Drug, DuplicateRule, InteractionRule, RuleSet
from prescriptions.rule_store import from_database
from prescriptions.rule_tables import COLUMNS, listed, problems
from prescriptions.rules_seed.load import EXAMPLE, HERE, seed_tables
from prescriptions.spellings import folded
from tests.prescriptions.book import seed_book

RULES = ("interactions", "duplicates", "allergies")
TABLES = seed_tables()


def test_nothing_dangles_and_no_name_leads_to_two_drugs():
    assert [str(problem) for problem in problems(TABLES)] == []


def test_a_line_of_the_files_is_a_row_of_the_tables():
    for table in COLUMNS:
        files = [file.read_text(encoding="utf-8").splitlines()[1:] for file in HERE.glob(f"{table}*.csv")]
        assert sum(map(len, files)) == len(TABLES[table]), table


def test_there_are_at_least_250_drugs():
    assert len(TABLES["drugs"]) >= 250


@pytest.mark.parametrize("table", RULES)
def test_every_rule_cites_its_source_and_explains_itself(table):
    for key, row in TABLES[table].items():
        assert re.search(r"\d", row["source"]), key  # a year, a section, a volume
        assert len(row["description"].split()) >= 3, key


def test_every_class_says_who_names_its_members_and_has_some():
    members = {name for row in TABLES["ingredients"].values() for name in listed(row["classes"])}
    assert set(TABLES["classes"]) == members
    assert all(row["source"] for row in TABLES["classes"].values())


def test_all_fifteen_pairs_of_the_high_priority_list_are_there_and_contraindicated():
    numbers = {key[4:6] for key in TABLES["interactions"] if key.startswith("onc-")}
    assert numbers == {f"{number:02d}" for number in range(1, 16)}
    assert {row["severity"] for key, row in TABLES["interactions"].items() if key.startswith("onc-")} == {
        "contraindicated"
    }


def test_every_name_of_every_drug_is_read_as_that_drug():
    names = seed_book().names
    for key, row in TABLES["drugs"].items():
        for name in (key, *listed(row["generic_names"]), *listed(row["brands"])):
            reading = names.read(name)
            assert reading.is_known, name
            assert reading.ingredients == set(listed(row["ingredients"])), name


def test_every_name_of_every_class_is_a_code_for_allergies():
    book = seed_book()
    for key, row in TABLES["classes"].items():
        for name in (key, *listed(row["also_called"])):
            assert book.code_of(name) == f"class:{key}"


@pytest.mark.parametrize(
    "written, ingredients",
    [
        ("vit D3 1000 IU", {"colecalciferol"}),
        ("vitamin B-12 1000 mcg", {"cyanocobalamin"}),
        ("Cotrimoxazole 960 mg", {"sulfamethoxazole", "trimethoprim"}),
        ("SMZ-TMP DS", {"sulfamethoxazole", "trimethoprim"}),
        ("amox/clav 875/125 mg", {"amoxicillin", "clavulanic acid"}),
        ("co-amoxyclav", {"amoxicillin", "clavulanic acid"}),
        ("Pen VK 500 mg", {"phenoxymethylpenicillin"}),
        ("penicillin V potassium 250 mg", {"phenoxymethylpenicillin"}),
        ("benzathine penicillin 2,400,000 units IM", {"benzylpenicillin"}),
        ("benzathine penicillin G", {"benzylpenicillin"}),
        ("ISMN 30 mg", {"isosorbide mononitrate"}),
        ("ISDN", {"isosorbide dinitrate"}),
        ("Humulin R 100 units/mL", {"insulin human"}),
        ("Humulin 70/30", {"insulin human"}),
        ("baby aspirin 81 mg", {"aspirin"}),
        ("low dose aspirin", {"aspirin"}),
    ],
)
def test_what_is_written_for_short_is_known(written, ingredients):
    reading = seed_book().names.read(written)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize(
    "said, family",
    [
        ("PCN", "Penicillins"),
        ("penicillin", "Penicillins"),
        ("sulfa", "Sulfonamide antibiotics and sulfasalazine"),
        ("macrolides", "Macrolides"),
        ("cephalosporins", "Cephalosporins"),
        ("narcotics", "Opioids"),
        ("NSAIDs", "NSAIDs"),
        ("LMWH", "Low-molecular-weight heparins"),
    ],
)
def test_a_family_is_known_by_what_patients_call_it(said, family):
    assert seed_book().code_of(said) == f"class:{family}"


def test_no_class_is_called_like_a_drug():
    drugs = {folded(name) for name in seed_book().names.spelled}
    assert drugs & set(seed_book().class_names) == set()


@pytest.mark.django_db
def test_the_database_says_what_the_files_say_and_that_it_is_an_example(rules):
    assert from_database() == TABLES
    newest = RuleSet.objects.in_force().first()
    assert (newest.version, newest.label, newest.source) == (1, EXAMPLE, EXAMPLE)
    assert Drug.objects.count() == len(TABLES["drugs"])
    for model in (InteractionRule, DuplicateRule, AllergyRule):
        assert not model.objects.filter(source="").exists()
