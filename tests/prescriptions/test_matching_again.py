"""What a text says twice: once more the same, or a second dose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prescriptions.book import checked, found, seed_book


@pytest.mark.parametrize(
    "text",
    [
        "OxyContin 20 mg (oxycodone IR 5 mg)",
        "OxyContin (oxycodone IR 5 mg) 20 mg",
        "OxyContin (20 mg) (oxycodone IR 5 mg)",
        "OxyContin 20 mg [oxycodone 5 mg]",
        "aspirin 75 mg (ibuprofen 400 mg) (ibuprofen 200 mg)",
        "aspirin 75 mg (ibuprofen) (ibuprofen)",
        "warfarin 5 mg (Coumadin 5 mcg)",
        "acetaminophen 2 tablets (paracetamol 1 tablet)",
        "paracetamol 500 mg/5 ml (Tylenol 250 mg/5 ml)",
        "Augmentin (amoxicillin 500 mg)",
        "Percocet (paracetamol 500 mg)",
        "Coumadin 5 mg/warfarin 2 mg",
        "Coumadin 5 mg/warfarin",
        "2 mg: Coumadin/warfarin 5 mg",
        "Coumadin/warfarin 5/2.5 mg",
        "Coumadin/warfarin 5 mg/warfarin 2 mg",
        "Coumadin/warfarin 5 mg (Jantoven 2 mg)",
        "warfarin (Coumadin 5 mg) (Coumadin 2 mg)",
        "Advil/Nurofen",
        "warfarin/warfarin",
        "Percocet/paracetamol",
    ],
)
def test_another_strength_or_another_bracket_is_a_second_dose(text):
    assert found(checked(text), "duplicate")


@pytest.mark.parametrize(
    "text, drug",
    [
        ("Tylenol (paracetamol)", "paracetamol"),
        ("Tylenol (paracetamol) 500 mg", "paracetamol"),
        ("Tylenol 500 mg (paracetamol 500 mg) 28 tablets", "paracetamol"),
        ("Synthroid 100 mcg (levothyroxine 0.1 mg)", "levothyroxine"),
        ("Percocet 5/325 (oxycodone 5 mg, paracetamol 325 mg)", "paracetamol/oxycodone"),
        ("atorvastatin 40 MG Oral Tablet [Lipitor]", "atorvastatin"),
        ("insulin glargine 100 UNT/ML [Lantus]", "insulin glargine"),
        ("Coumadin/warfarin", "warfarin"),
        ("Coumadin / warfarin 5 mg", "warfarin"),
        ("paracetamol/acetaminophen 500 mg", "paracetamol"),
        ("Augmentin (amoxicillin)", "amoxicillin/clavulanic acid"),
        ("Augmentin 875 mg/125 mg [amoxicillin]", "amoxicillin/clavulanic acid"),
    ],
)
def test_the_same_again_without_a_strength_of_its_own_is_the_same_once(text, drug):
    reading = seed_book().names.read(text)
    assert (reading.is_known, [one.name for one in reading.drugs]) == (True, [drug])


SAME = [
    (one, other)
    for one, drug in sorted(seed_book().names.spelled.items())
    for other, same in sorted(seed_book().names.spelled.items())
    if same == drug and len(drug.ingredients) == 1
]
WRITTEN = [
    "{one} {first} ({other} {second})",
    "{one} [{other} {second}] {first}",
    "{one} {first}/{other} {second}",
    "{one} {first} ({other}) ({other} {second})",
    "{one} ({other} {first}) ({other} {second})",
    "{one}/{other} {first} ({one} {second})",
    "{first} {one} ({other} {second})",
]
STRENGTHS = ["5 mg", "20 mg", "500 mcg", "1.5 g"]


@given(st.sampled_from(SAME), st.sampled_from(WRITTEN), st.permutations(STRENGTHS), st.sampled_from(["", " daily"]))
@settings(max_examples=200, deadline=None)
def test_one_drug_with_two_strengths_is_never_clear(pair, written, strengths, direction):
    text = written.format(one=pair[0], other=pair[1], first=strengths[0], second=strengths[1]) + direction
    assert checked(text).status != "clear", text
