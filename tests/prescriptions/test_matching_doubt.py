"""What looks like a known drug and may be another, or one drug more, is never read as the known one alone."""

import pytest

from prescriptions.rules_seed.load import seed_tables
from tests.prescriptions.book import allergic, book_of, checked, found, seed_book


def read(text):
    return seed_book().names.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nurofen Plus",
        "Nurofen Plus tablets",
        "Nurofen+ tablets",
        "Nurofen Plus paracetamol",
        "Nurofen Plus 200 mg/12.8 mg",
        "Micardis Plus 80 mg",
        "Coversyl Plus 5 mg/1.25 mg",
        "Atacand Plus 16 mg tablets",
        "Bisoprolol Comp",
        "Losartan HCT",
        "Claritin-D",
        "Claritin D 24 hour",
        "Tylenol PM",
        "Panadol Extra",
        "Voltarol Forte",
        "Co-Diovan",
        "Advil Cold & Flu",
        "Sudafed Duo",
        "Fosamax Plus",
        "Tylenol Complete",
        "warfarin and",
        "+ warfarin",
        "warfarin and/or aspirin",
        "warfarin?",
        "warfarin \U0001f37a",
    ],
)
def test_a_word_more_makes_it_another_drug_unless_the_rules_name_that(text):
    reading = read(text)
    assert (reading.is_known, reading.unknown != ()) == (False, True)


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("Fosamax Plus D", {"alendronic acid", "colecalciferol"}),
        ("Advil Cold & Sinus", {"ibuprofen", "pseudoephedrine"}),
        ("Diovan HCT 80/12.5", {"valsartan", "hydrochlorothiazide"}),
        ("Tylenol with codeine", {"paracetamol", "codeine"}),
        ("ibuprofen plus paracetamol", {"ibuprofen", "paracetamol"}),
        ("Nurofen and codeine", {"ibuprofen", "codeine"}),
        ("Inderal LA 80 mg", {"propranolol"}),
        ("Advair Diskus 250/50", {"fluticasone", "salmeterol"}),
        ("Allegra 24 hr", {"fexofenadine"}),
        ("metformin-ER 500", {"metformin"}),
    ],
)
def test_a_word_between_two_drugs_a_name_of_the_rules_and_a_release_form_are_understood(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize(
    "text",
    [
        "Tylenol 4",
        "Tylenol 2",
        "Tylenol #4",
        "Tylenol No. 4",
        "Tylenol-4",
        "Tylenol, 4",
        "Tylenol 4 tablets",
        "Tylenol - 3 tablets",
        "Tylenol, 3 tablets",
        "Tylenol - 3",
        "Tylenol 3 mg",
        "Tylenol 3.5",
        "Tylenol 3/day",
        "Zantac 75",
        "Zantac tablets 150",
        "4-ASA",
        "4-ASA 400 mg",
        "40 simvastatin",
        "simvastatin 40 28",
        "vitamin K 2",
        "paracetamol (3)",
    ],
)
def test_a_number_that_is_no_strength_may_belong_to_a_name(text):
    assert not read(text).is_known


@pytest.mark.parametrize("text", ["Tylenol 3", "Tylenol #3", "Tylenol 3 - 1 tablet", "Tylenol 3 30 tablets"])
def test_a_name_with_a_number_is_looked_for_before_strengths(text):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, {"paracetamol", "codeine"})
    assert found(checked(text, allergies=[allergic("ingredient:codeine", severe=True)]), "allergy")


def test_a_number_of_a_name_is_a_whole_one():
    assert read("Tylenol 3.5 mg").ingredients == {"paracetamol"}


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("Zantac 150 mg", {"ranitidine"}),
        ("Zantac 360 tablets", {"famotidine"}),
        ("5-ASA 400 mg", {"mesalazine"}),
        ("ASA 81 mg", {"aspirin"}),
        ("polyethylene glycol 3350 17 g", {"macrogol"}),
    ],
)
def test_the_same_word_with_a_number_may_be_another_drug(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize("text", ["Simvastatin 40", "amoxicillin 28 tablets", "Lipitor 20 mg 28 tablets", "Theo-24"])
def test_a_number_behind_a_generic_name_is_its_strength(text):
    assert read(text).is_known


def test_it_says_why_a_number_is_not_understood_and_what_may_be_meant():
    reading = read("Tylenol 4")
    assert (reading.ingredients, reading.unknown) == ({"paracetamol"}, ("tylenol 4",))
    assert reading.why.startswith('Checked as Tylenol only: "4" is not understood.')
    assert "A number without a unit" in reading.why
    assert "Tylenol 3" in reading.suggestions


def test_an_allergy_to_what_is_not_certainly_understood_has_no_code():
    assert seed_book().code_of("Tylenol") == "ingredient:paracetamol"
    assert [seed_book().code_of(text) for text in ("Tylenol 4", "Nurofen Plus", "4-ASA")] == ["", "", ""]


@pytest.mark.parametrize(
    "text",
    [
        "lisinopril 20/12.5",
        "Lisinopril 20 mg/12.5 mg tablets",
        "Diovan 80/12.5",
        "lisinopril 20 mg, 12.5 mg",
        "lisinopril 10-12.5 tablets",
        "20/12.5 mg lisinopril",
        "20/12.5 mg: lisinopril",
        "warfarin and lisinopril 20/12.5",
        "amlodipine 5/10 capsules",
        "spironolactone 50/50",
    ],
)
def test_more_strengths_than_ingredients_tell_of_a_drug_that_is_not_named(text):
    reading = read(text)
    assert not reading.is_known
    assert reading.ingredients
    assert "more strengths" in reading.why


@pytest.mark.parametrize(
    "text",
    [
        "levothyroxine 100 mcg (0.1 mg)",
        "amoxicillin 250 mg/5 ml 100 ml",
        "Percocet 5/325",
        "hydrocodone/paracetamol 5/325",
        "amlodipine and valsartan 5/160",
        "insulin 70/30",
        "diclofenac 1% gel 100 g",
        "adrenaline 1:1000",
        "warfarin 2.5 mg 1/2 tablet",
        "warfarin 1-2 tablets",
        "amoxicillin 500 mg/1 capsule",
    ],
)
def test_as_many_strengths_as_ingredients_are_understood(text):
    assert read(text).is_known


@pytest.mark.parametrize(
    "text",
    [
        "Lisinopril 10 mg potassium chloride 600 mg",
        "lisinopril potassium chloride",
        "lisinopril 10 mg potassium",
        "lisinopril-potassium",
        "lisinopril: potassium",
        "lisinopril\npotassium",
        "lisinopril\tpotassium",
        "lisinopril. Potassium",
        "lisinopril [potassium]",
        "lisinopril (potassium)",
    ],
)
def test_a_second_drug_is_never_folded_away_as_a_salt_of_the_first(text):
    assert read(text).ingredients == {"lisinopril", "potassium"}
    assert found(checked(text)) == {("interaction", "moderate")}


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("losartan potassium 50 mg", {"losartan"}),
        ("potassium losartan", {"losartan"}),
        ("losartan 50 mg potassium", {"losartan", "potassium"}),
        ("losartan potassium chloride", {"losartan", "potassium"}),
        ("losartan-potassium", {"losartan", "potassium"}),
        ("20 mEq potassium losartan", {"losartan", "potassium"}),
        ("calcium acetate 667 mg", {"calcium"}),
        ("losartan. potassium", {"losartan", "potassium"}),
        ("warfarin sodium bicarbonate", {"warfarin", "sodium bicarbonate"}),
        ("atorvastatin calcium carbonate", {"atorvastatin", "calcium"}),
        ("omeprazole magnesium hydroxide", {"omeprazole", "magnesium"}),
        ("esomeprazole magnesium trihydrate 20 mg", {"esomeprazole"}),
        ("amoxicillin clavulanate potassium 875-125 mg", {"amoxicillin", "clavulanic acid"}),
    ],
)
def test_a_salt_is_one_only_directly_beside_a_drug_that_is_sold_as_it(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize(
    "text, begun",
    [
        ("lisinopril potassium", "lisinopril"),
        ("losartan potassium 20 mmol", "losartan"),
        ("levothyroxine 50 mcg sodium", "levothyroxine"),
        ("potassium iodide", "potassium"),
        ("warfarin aspirin", "warfarin"),
        ("Coumadin warfarin", "warfarin"),
        ("Lantus insulin glargine", "insulin glargine"),
    ],
)
def test_of_what_may_be_a_salt_or_a_second_drug_only_the_first_is_read(text, begun):
    reading = read(text)
    assert (reading.is_known, [drug.name for drug in reading.drugs]) == (False, [begun])


def test_an_ampersand_in_a_name_of_the_rules_may_be_written_out_and_the_other_way_round():
    tables = seed_tables()
    warfarin = {**tables["drugs"]["warfarin"], "brands": "Foo & Bar"}
    names = book_of({**tables, "drugs": {**tables["drugs"], "warfarin": warfarin}}).names
    for text in ("Foo & Bar", "Foo & Bar 5 mg tablets", "Foo and Bar 5 mg"):
        assert names.read(text).ingredients == {"warfarin"}
    assert not names.read("Foo & aspirin").is_known
