"""A number in a text: of a name, of a strength, or of nobody knows what."""

import pytest

from tests.prescriptions.book import seed_book


def read(text):
    return seed_book().names.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "warfarin 5 ASA 81",
        "warfarin 5-ASA 81 mg",
        "warfarin, 5 ASA 81 mg",
        "warfarin 2.5/ASA 75 mg",
        "warfarin 2,5 ASA 75 mg",
        "warfarin 2.5-ASA 75 mg",
        "warfarin 2. 5-ASA 75 mg",
        "warfarin 5. ASA",
        "warfarin/5-ASA 81 mg",
        "warfarin .5-ASA 81 mg",
        "azathioprine 6 MP",
        "2.5/ASA 75 mg",
        "5/ASA 75 mg",
        "5. ASA",
        ".5-ASA",
        "2,5 ASA",
    ],
)
def test_a_strength_is_never_the_number_that_another_name_begins_with(text):
    reading = read(text)
    assert not reading.is_known
    assert not reading.ingredients & {"mesalazine", "mercaptopurine"}


@pytest.mark.parametrize(
    "text, ingredients",
    [
        ("5-ASA 400 mg", {"mesalazine"}),
        ("5 ASA 400 mg", {"mesalazine"}),
        ("6-MP", {"mercaptopurine"}),
        ("warfarin 2 mg, 5-ASA 400 mg", {"warfarin", "mesalazine"}),
        ("warfarin + 5-ASA", {"warfarin", "mesalazine"}),
        ("warfarin and 5-ASA", {"warfarin", "mesalazine"}),
        ("mesalazine (5-ASA)", {"mesalazine"}),
    ],
)
def test_a_name_that_begins_with_a_number_is_one_at_the_start_or_behind_a_break(text, ingredients):
    reading = read(text)
    assert (reading.is_known, reading.ingredients) == (True, ingredients)


@pytest.mark.parametrize("text", ["APAP #3", "APAP # 3", "APAP #3 tablets", "APAP tablets #3", "warfarin #5"])
def test_a_number_sign_with_a_number_behind_a_name_may_be_another_drug(text):
    assert not read(text).is_known


def test_a_number_sign_behind_a_strength_counts_the_tablets():
    assert read("amoxicillin 500 mg #30 tablets").ingredients == {"amoxicillin"}


@pytest.mark.parametrize("text", ['potassium "losartan"', '"potassium" losartan', "potassium # losartan"])
def test_a_metal_is_no_salt_across_a_quote_or_a_number_sign(text):
    assert not read(text).is_known


@pytest.mark.parametrize("text", ["Zantac 360mg", "Zantac 360mg tablets", "Tylenol 3mg", "Zantac tablets 360 mg"])
def test_the_number_of_a_name_with_a_unit_behind_it_is_doubtful(text):
    assert not read(text).is_known


def test_another_number_with_a_unit_is_a_strength():
    assert read("Zantac 150mg").ingredients == {"ranitidine"}
