"""From a text to a drug: exactly, or not at all."""

import pytest

from tests.prescriptions.book import checked, seed_book


def read(text):
    return seed_book().names.read(text)


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("warfarin", "warfarin"),
        ("WARFARIN", "warfarin"),
        ("metFORMIN 500 mg", "metformin"),
        ("Amoxicillin 500 mg capsule", "amoxicillin"),
        ("  Metformin  HCl ER 500mg  tab ", "metformin"),
        ("paracétamol 1 g", "paracetamol"),
        ("Inj. Ceftriaxone 1 g IV", "ceftriaxone"),
        ("Simvastatin 40", "simvastatin"),
        ("warfarin sodium 1,5 mg", "warfarin"),
        ("levothyroxine sodium 50 micrograms", "levothyroxine"),
        ("amoxicillin trihydrate 250 mg/5 ml oral suspension", "amoxicillin"),
        ("Phenoxymethylpenicillin potassium 250 mg", "phenoxymethylpenicillin"),
        ("losartan potassium", "losartan"),
        ("potassium chloride 20 mEq", "potassium"),
        ("sodium valproate 500 mg", "valproic acid"),
        ("St. John's Wort", "St John's wort"),
        ("St John\u2019s wort", "St John's wort"),
        ("6-mercaptopurine", "mercaptopurine"),
        ("Vitamin B12 1000 mcg", "cyanocobalamin"),
        ("insulin glargine 100 units/mL", "insulin glargine"),
        ("Humulin 70/30", "insulin human"),
        ("fentanyl 25 mcg/h patch", "fentanyl"),
    ],
)
def test_case_accents_salts_strengths_and_forms_say_nothing(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, {ingredients})


@pytest.mark.parametrize(
    "one, other",
    [
        ("paracetamol", "acetaminophen"),
        ("pethidine", "meperidine"),
        ("salbutamol", "albuterol"),
        ("rifampicin", "rifampin"),
        ("glibenclamide", "glyburide"),
        ("furosemide", "Lasix"),
        ("warfarin", "Coumadin"),
        ("sulfamethoxazole/trimethoprim", "co-trimoxazole"),
    ],
)
def test_international_and_us_names_and_brands_are_one_drug(one, other):
    assert read(one).drugs == read(other).drugs != ()


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("amoxicillin/clavulanate", {"amoxicillin", "clavulanic acid"}),
        ("co-amoxiclav", {"amoxicillin", "clavulanic acid"}),
        ("Augmentin 875 mg/125 mg tablets", {"amoxicillin", "clavulanic acid"}),
        ("amoxicillin-clavulanate 875-125 mg", {"amoxicillin", "clavulanic acid"}),
        ("amlodipine + valsartan", {"amlodipine", "valsartan"}),
        ("valsartan 80 mg / amlodipine 5 mg", {"amlodipine", "valsartan"}),
        ("hydrocodone-acetaminophen 5-325 mg", {"hydrocodone", "paracetamol"}),
        ("warfarin and aspirin", {"warfarin", "aspirin"}),
        ("lisinopril + potassium", {"lisinopril", "potassium"}),
        ("Tylenol 3", {"paracetamol", "codeine"}),
        ("Tylenol with codeine", {"paracetamol", "codeine"}),
        ("Symbicort 160/4.5 mcg/actuation", {"budesonide", "formoterol"}),
        ("Paracetamol (acetaminophen) 500 mg", {"paracetamol"}),
    ],
)
def test_every_ingredient_of_a_combination_is_found(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize(
    "text, begun",
    [
        ("warfarin foo", "warfarin"),
        ("potassium permanganate", "potassium"),
        ("insulin foo", "insulin human"),
        ("Claritin-D", "loratadine"),
        ("calcium magnesium", "calcium"),
    ],
)
def test_the_first_word_alone_is_checked_and_never_taken_for_all(text, begun):
    reading = read(text)
    assert (reading.is_known, [drug.name for drug in reading.drugs]) == (False, [begun])
    assert checked(text).not_checked


@pytest.mark.parametrize("text", ["aspirin free tablets", "aspirin-free paracetamol", "no warfarin", "not warfarin"])
def test_a_drug_that_a_text_does_not_begin_with_or_is_free_of_is_not_taken(text):
    reading = read(text)
    assert (reading.is_known, reading.drugs) == (False, ())


@pytest.mark.parametrize(
    "text, meant", [("warfrin", "warfarin"), ("Metformine 500 mg", "metformin"), ("amoxicilin", "amoxicillin")]
)
def test_a_typo_is_suggested_and_never_guessed(text, meant):
    reading = read(text)
    assert not reading.drugs
    assert reading.suggestions[0] == meant


def test_a_combination_with_an_unknown_part_names_that_part_and_keeps_what_is_known():
    reading = read("Warfarin / Foozine 5 mg")
    assert not reading.is_known
    assert reading.unknown == ("foozine",)
    assert "foozine" in reading.why
    assert reading.ingredients == {"warfarin"}


@pytest.mark.parametrize(
    "text", ["", "  ", "500 mg tablet", "+", "///", "x" * 10_000, "sodium", "\u0000", "\U0001f48a"]
)
def test_what_names_no_drug_says_so(text):
    reading = read(text)
    assert not reading.is_known
    assert reading.why
