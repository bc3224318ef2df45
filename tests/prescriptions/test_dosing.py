"""What a dose and a frequency say as numbers, and that nothing is guessed."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prescriptions.dosing import Amount, Rhythm, read_amount, read_dose, read_rhythm
from tests.prescriptions.test_issue import issued


@pytest.mark.parametrize(
    "text, value, unit",
    [
        ("500 mg", "500", "mg"),
        ("500mg", "500", "mg"),
        ("2.5 mL", "2.5", "mL"),
        ("100 mcg", "100", "micrograms"),
        ("100 µg", "100", "micrograms"),
        ("1 tablet", "1", "tablets"),
        ("Two Tablets", "2", "tablets"),
        ("½ tablet", "0.5", "tablets"),
        ("half a tablet", "0.5", "tablets"),
        ("1/2 tablet", "0.5", "tablets"),
        ("one puff.", "1", "puffs"),
        ("10 units", "10", "units"),
        ("0.125 mg", "0.125", "mg"),
        ("3/4 tablet", "0.75", "tablets"),
        ("1.25 mg", "1.25", "mg"),
    ],
)
def test_an_amount_is_a_number_and_a_unit(text, value, unit):
    assert read_amount(text) == Amount(Fraction(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "", "mg", "500", "1-2 tablets", "1 to 2 tablets", "1,000 mg", "1,5 mL", "5 mg/kg", "1 tablet (500 mg)",
        "some tablets", "2 x 500 mg", "0 mg", "1/0 tablet", "as directed", "500 m g", "1 spoon", "-5 mg", "1e3 mg",
        "tablet", "1 tablet or 2", "٣ mg",
        "30/500 mg", "800/160 mg", "70/30 units", "25/100 mg", "1/2 mg", "3/2 tablets", "1/2 puff", "10/20 tablets",
        "1.000 mg", "12.500 units", "1.125 mg", "2.000 tablets",
    ],
)  # fmt: skip
def test_what_says_more_or_less_than_an_amount_is_not_guessed(text):
    assert read_amount(text) is None


@pytest.mark.parametrize(
    "text, times, days",
    [
        ("daily", 1, 1),
        ("once daily", 1, 1),
        ("Once a day", 1, 1),
        ("every day", 1, 1),
        ("twice daily", 2, 1),
        ("three times a day", 3, 1),
        ("3 times per day", 3, 1),
        ("4x daily", 4, 1),
        ("every 8 hours", 3, 1),
        ("every six hours", 4, 1),
        ("q12h", 2, 1),
        ("every 48 hours", 1, 2),
        ("bid", 2, 1),
        ("TDS", 3, 1),
        ("qid", 4, 1),
        ("at night", 1, 1),
        ("in the morning", 1, 1),
        ("in the morning and evening", 2, 1),
        ("once daily in the morning", 1, 1),
        ("twice daily with food", 2, 1),
        ("once a day, before breakfast", 1, 1),
        ("every other day", 1, 2),
        ("every 3 days", 1, 3),
        ("once a week", 1, 7),
        ("weekly", 1, 7),
        ("twice a week", 2, 7),
    ],
)
def test_a_frequency_is_so_many_times_in_so_many_days(text, times, days):
    assert read_rhythm(text) == Rhythm(times, days)


@pytest.mark.parametrize(
    "text, times",
    [
        ("as needed", None),
        ("PRN", None),
        ("when required", None),
        ("every 6 hours as needed", 4),
        ("up to 4 times a day as needed", 4),
        ("twice daily, if needed", 2),
    ],
)
def test_as_needed_says_at_most_how_often_or_not_at_all(text, times):
    assert read_rhythm(text) == Rhythm(times, as_needed=True)


@pytest.mark.parametrize(
    "text",
    [
        "", "od", "qd", "qod", "1-0-1", "1-2 times a day", "every 5 hours", "every 4-6 hours", "with meals",
        "twice", "as directed", "monthly", "two or three times a day", "every hours", "every day or two",
        "0 times a day", "up to 4 times a day", "twice daily for three days, then once daily",
    ],
)  # fmt: skip
def test_a_frequency_that_is_not_understood_as_a_whole_is_not_guessed(text):
    assert read_rhythm(text) is None


@pytest.mark.parametrize(
    "dosage, frequency, said",
    [
        ("500 mg", "three times a day", "1500 mg a day"),
        ("1 tablet", "twice daily", "2 tablets a day"),
        ("1 tablet", "once daily", "1 tablet a day"),
        ("½ tablet", "daily", "0.5 tablet a day"),
        ("2 puffs", "every 6 hours as needed", "up to 8 puffs a day"),
        ("2 puffs", "as needed", "Not computed: it is taken as needed."),
        ("10 mg", "once a week", "Not computed: it is not taken every day."),
        ("1-2 tablets", "daily", "Not computed: the dose cannot be read as a number."),
        ("1 tablet", "as directed", "Not computed: the frequency cannot be read as a number."),
        ("some", "somehow", "Not computed: the dose and the frequency cannot be read as a number."),
    ],
)
def test_the_daily_dose_is_computed_or_it_says_why_not(dosage, frequency, said):
    assert str(read_dose(dosage, frequency)) == said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100), st.text(max_size=100))
def test_no_text_breaks_it_and_what_is_computed_is_positive(dosage, frequency):
    dose = read_dose(dosage, frequency)
    assert bool(dose.daily) != bool(dose.why_not)
    assert dose.daily is None or dose.daily.value > 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2000), st.sampled_from(["mg", "mL", "tablets", "units"]), st.integers(1, 12))
def test_the_daily_dose_is_amount_times_times(value, unit, times):
    dose = read_dose(f"{value} {unit}", f"{times} times a day")
    assert dose.daily == Amount(value * times, unit)


@pytest.mark.django_db
def test_the_api_has_the_daily_dose_beside_the_text_as_it_was_written(cast, api):
    url = f"/api/v1/prescriptions/{issued(cast).pk}"
    body = api(cast.alice).get(url).json()
    assert (body["dosage"], body["frequency"]) == ("500 mg", "three times a day")
    assert body["daily_dose"] == {"value": "1500", "unit": "mg", "at_most": False}
    assert body["daily_dose_why"] is None
    body = api(cast.alice).get(f"/api/v1/prescriptions/{issued(cast, frequency='as directed').pk}").json()
    assert body["daily_dose"] is None
    assert body["daily_dose_why"] == "Not computed: the frequency cannot be read as a number."
