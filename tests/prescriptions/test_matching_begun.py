"""What a text surely begins with is checked, also where the rest of it is not understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prescriptions.book import allergic, checked, found, seed_book

NAMES = seed_book().names


def test_a_brand_with_a_bare_number_still_stops_what_its_drug_must_not_meet():
    check = checked("Zocor 40", "clarithromycin")
    assert ("interaction", "contraindicated") in found(check)
    assert [one.medication for one in check.not_checked] == ["Zocor 40"]


def test_an_allergy_to_what_a_text_begins_with_is_found():
    check = checked("Augmentin 625", allergies=[allergic("class:Penicillins", severe=True)])
    assert ("allergy", "contraindicated") in found(check)
    assert check.not_checked


@pytest.mark.parametrize(
    "text, why",
    [
        (
            "Zocor 40",
            'Checked as Zocor only: "40" is not understood. A number without a unit may belong to a name: '
            "if it is a strength, write its unit, such as mg.",
        ),
        ("Nurofen Plus 200 mg", 'Checked as Nurofen only: "plus" is not understood.'),
        ("warfarin?", 'Checked as warfarin only: "?" is not understood.'),
        ("lisinopril 20/12.5", "Checked as lisinopril only. It tells more strengths than it names ingredients."),
        ("no warfarin", "The rule set does not know this drug."),
    ],
)
def test_it_says_what_was_checked_and_what_was_not_understood(text, why):
    assert NAMES.read(text).why == why


@given(st.sampled_from(sorted(NAMES.spelled)), st.sampled_from(["foozine", "Comp", "?", "of sorts", "not"]))
@settings(max_examples=150, deadline=None)
def test_a_known_name_with_anything_behind_it_is_counted_in_and_never_clear(name, rest):
    reading = NAMES.read(f"{name} {rest}")
    assert NAMES.spelled[name] in reading.drugs
    assert not reading.is_known
