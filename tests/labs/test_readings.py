"""What a sent value says: a number, half a line of numbers, or nothing that may be compared."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.readings import FAR, Reading, plain, read, with_point

NO_NUMBER = "The value is not a plain number."


@pytest.mark.parametrize(
    "text, number, unit",
    [
        ("7.1", "7.1", ""),
        (" 7.1 ", "7.1", ""),
        ("0", "0", ""),
        ("-0.5", "-0.5", ""),
        ("+2", "2", ""),
        ("007", "7", ""),
        ("7.10", "7.10", ""),
        ("7.1 mmol/L", "7.1", "mmol/L"),
        ("7.1mmol/L", "7.1", "mmol/L"),
        ("7.1\u00a0mmol/L", "7.1", "mmol/L"),
        ("42%", "42", "%"),
        ("42 %", "42", "%"),
        ("2.5 {INR}", "2.5", "{INR}"),
        ("7.5 10*3/uL", "7.5", "10*3/uL"),
        ("7.5 10³/µL", "7.5", "10³/µL"),
        ("7.5x10^3/uL", "7.5", "x10^3/uL"),
        ("7.5×10³/µL", "7.5", "×10³/µL"),
        ("7500 /uL", "7500", "/uL"),
        ("7.5 10E3/uL", "7.5", "10E3/uL"),
    ],
)
def test_a_number_is_read_with_the_unit_behind_it(text, number, unit):
    reading = read(text)
    assert (str(reading.number), reading.sign, reading.unit) == (str(Decimal(number)), "", unit)


@pytest.mark.parametrize("blank", ["", " ", "  "])
@pytest.mark.parametrize("unit", ["", " mg/dL", "mg/dL"])
@pytest.mark.parametrize(
    "sign, span",
    [
        ("<", ((-FAR, 0), (10, -1))),
        ("<=", ((-FAR, 0), (10, 0))),
        ("≤", ((-FAR, 0), (10, 0))),
        (">", ((10, 1), (FAR, 0))),
        (">=", ((10, 0), (FAR, 0))),
        ("≥", ((10, 0), (FAR, 0))),
    ],
)
def test_half_a_line_ends_where_its_sign_says(sign, span, blank, unit):
    reading = read(f"{sign}{blank}10{unit}")
    assert (reading.span(), reading.unit) == (span, unit.strip())


def test_a_span_is_converted_exactly():
    assert read("<3").span(Fraction("18.016")) == ((-FAR, 0), (Fraction("54.048"), -1))


@pytest.mark.parametrize(
    "text",
    [
        "see note", "NaN", "nan", "inf", "-inf", "Infinity", "++", "positive", "H 7.1", "N/A", "-", ".", "<", ">",
        ".5", "7.", "7.1.2", "5-10", "5 - 10", "5 1", "1 000", "1 000.5", "5.0 (repeated)", "7.1*", "7.1!", "1:40",
        "= 7", "=<7", "<>7", "<<7", "~7", "ca. 7", "٤", "７", "−5", "½", "7½", "Ⅶ", "7³", "1_000", "12345678901234567",
        "12345678901234510*3/uL", "1.12345678901", "$7", "#7", "7#", "7;8", "7\n8",
    ],
)  # fmt: skip
def test_what_is_no_plain_number_is_none(text):
    assert read(text) == NO_NUMBER
    assert plain(text) is None


@pytest.mark.parametrize("text", ["1e3", "1E3", "1.5e+3", "1e-07", "<1e3", "> 1e3", "1e3 mg/dL", "7.5E3/uL", "-2e5"])
def test_an_exponent_is_not_read(text):
    assert read(text) == read(text, decimal_comma=True) == "The number is written with an exponent."


@pytest.mark.parametrize("text", ["7,1", "1,000", "1,000.5", "7,1 mmol/L", "<7,1", "7,"])
def test_a_comma_can_mean_two_things_and_is_not_read(text):
    assert read(text) == "There is a comma in the number: it can be a decimal sign or not."


@pytest.mark.parametrize("text, number", [("7,1", "7.1"), ("<7,1 mmol/L", "7.1"), ("7", "7"), ("1,000", "1.000")])
def test_a_comma_is_read_where_its_sender_says_so(text, number):
    assert read(text, decimal_comma=True).number == Decimal(number)


@pytest.mark.parametrize("text", ["7.1", "1.000,5", "1,000,000"])
def test_a_sender_with_a_decimal_comma_sends_no_point_and_one_comma(text):
    assert isinstance(read(text, decimal_comma=True), str)


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_nothing_is_no_value(text):
    assert read(text) == "There is no value."


@pytest.mark.parametrize("text", [None, "", "<5", "5 mmol/L", "3.5-5.1", "see note", "5,1"])
def test_a_bound_is_a_bare_number_or_none(text):
    assert plain(text) is None


@pytest.mark.parametrize(
    "text, shown", [("7,1", "7.1"), ("<7,1 mmol/L", "<7.1 mmol/L"), ("7", "7"), ("a, b", "a, b"), (None, None)]
)
def test_a_comma_becomes_a_point_where_that_leaves_the_number(text, shown):
    assert with_point(text) == shown


@given(st.text(max_size=30), st.booleans())
def test_whatever_is_written_there_is_a_reading_or_a_reason(text, decimal_comma):
    reading = read(text, decimal_comma=decimal_comma)
    assert isinstance(reading, Reading) or reading.endswith(".")


@given(st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=4))
def test_every_number_that_is_written_plainly_is_read_as_it_is(number):
    text = f"{number:f}"
    assert read(text).number == number
    assert read(text.replace(".", ","), decimal_comma=True).number == number
