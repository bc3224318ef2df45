"""How and how often a drug is taken says nothing of which drug it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prescriptions.book import seed_book

NAMES = seed_book().names
DIRECTIONS = """
daily|once daily|twice daily|once a day|three times a day|4 times daily|od|bd|bid|tds|tid|qid|qds|q8h|q 4-6 h|prn|nocte
mane|weekly|stat|with food|po|p.o.|iv|i.v.|im|s/c|sc|subcut|top|pr|sl|e/c|m/r|nebs|1 amp|pre-filled pen|2 cartridges
x 30|x30|x 28 tablets|x 7 days|(as sodium)|po bd with food
""".strip().replace("\n", "|")


@pytest.mark.parametrize("direction", DIRECTIONS.split("|"))
def test_a_direction_says_nothing(direction):
    assert NAMES.read(f"amoxicillin 500 mg {direction}").drugs == NAMES.read("amoxicillin").drugs
    assert NAMES.read(f"amoxicillin 500 mg {direction}").is_known


@pytest.mark.parametrize("text", ["1. warfarin 5 mg", "2) warfarin", "paracetamol 1 gm po qds", "aspirin e/c 75 mg"])
def test_a_list_number_a_gm_and_a_direction_before_the_strength_say_nothing(text):
    assert NAMES.read(text).is_known


@pytest.mark.parametrize(
    "text",
    [
        "Tylenol 4 daily",
        "Tylenol bd 4",
        "Tylenol x 3",
        "Tylenol x 4",
        "warfarin x 5",
        "APAP # 4 times daily",
        "APAP #3 daily",
        "4.Tylenol",
        "1.5 warfarin",
        "5. ASA",
        "Tylenol 500 mg x 30/8",
        "warfarin with foozine",
        "warfarin with",
        "foozine daily",
        "warfarin daily aspirin",
        "warfarin 5 mg x",
    ],
)
def test_a_number_or_a_word_beside_a_direction_stays_guarded(text):
    assert not NAMES.read(text).is_known


@given(st.sampled_from(DIRECTIONS.split("|")), st.sampled_from(sorted(NAMES.spelled)), st.sampled_from([", ", " and "]))
@settings(max_examples=150, deadline=None)
def test_a_drug_behind_a_direction_is_never_lost(direction, name, mark):
    reading = NAMES.read(f"amoxicillin 500 mg {direction}{mark}{name}")
    assert not reading.is_known or set(NAMES.spelled[name].ingredients) <= reading.ingredients
