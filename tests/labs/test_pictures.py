"""A value as pages show it: the flag that was kept, in words and shape, and a bar that decides nothing."""

import pytest

from labs.entries import SUMMARY_LENGTH, alarm_summary
from labs.models import LabResult
from labs.pictures import line_of, tally
from labs.references import reference_of, sent_range
from tests.labs.making import recorded


def limit(value, operator):
    return {"value": value, "operator": operator}


POTASSIUM = {
    "low": limit("3.5", "<"),
    "high": limit("5.1", ">"),
    "critical_low": limit("3", "<"),
    "critical_high": limit("6.1", ">"),
    "unit": "mmol/L",
    "version": 1,
    "source": "Example",
    "approved": False,
}
BELOW_ONLY = {"low": None, "high": limit("5.7", ">="), "critical_low": None, "critical_high": None, "unit": "%"}
ABOVE_ONLY = {"low": limit("40", "<="), "high": None, "critical_low": None, "critical_high": None, "unit": "mg/dL"}
CRITICAL_ONLY = {**POTASSIUM, "low": None, "high": None}


def entry(value, flag="N", reference=POTASSIUM, **more):
    base = {"name": "Potassium", "unit": "mmol/L", "low": None, "high": None, "sent_flag": None, "why": ""}
    return {**base, "value": value, "flag": flag, "reference": reference, "canonical_unit": "mmol/L", **more}


def percents(bar):
    spans = [bar.band] if bar.band else []
    return [float(text.rstrip("%")) for span in [*spans, *bar.criticals] for text in (span.start, span.width)]


# --- the kept flag ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flag, words, shape, kind",
    [
        ("N", "In range", "in", "good"),
        ("L", "Low", "outside", "outside"),
        ("H", "High", "outside", "outside"),
        ("A", "Abnormal", "outside", "outside"),
        ("LL", "Critical low", "critical", "critical"),
        ("HH", "Critical high", "critical", "critical"),
        ("AA", "Critical", "critical", "critical"),
        (None, "Not classified", "unknown", "unknown"),
        ("?", "Not classified", "unknown", "unknown"),
    ],
)
def test_word_shape_and_mark_come_from_the_kept_flag(flag, words, shape, kind):
    line = line_of(entry("4.0", flag))
    assert (line.flag_words, line.shape, line.mark_kind) == (words, shape, kind)


def test_a_number_never_changes_the_class():
    assert line_of(entry("9.9", "N")).shape == "in"
    assert line_of(entry("4.0", "HH")).shape == "critical"


def test_an_entry_from_before_the_catalogue_is_not_classified_and_says_why():
    line = line_of({"name": "K", "value": "9", "unit": "mmol/L", "low": "3", "high": "5"})
    assert (line.flag_words, line.bar, line.sent_range) == ("Not classified", None, "3 to 5")
    assert "before results were classified" in line.why


def test_a_coded_answer_is_normal_rather_than_in_a_range():
    line = line_of(entry("No growth", "N", None, analyte="600-7", canonical_unit=None))
    assert (line.flag_words, line.gentle_words, line.bar) == ("Normal", "The usual answer", None)


@pytest.mark.parametrize(
    "value, flag, reference, words",
    [
        ("5.3", "H", POTASSIUM, "A little above the usual range"),
        ("5.9", "H", POTASSIUM, "Above the usual range"),
        ("5.2", "HH", POTASSIUM, "Well above the usual range"),
        ("2.9", "LL", POTASSIUM, "Well below the usual range"),
        ("5.9", "H", BELOW_ONLY, "A little above the usual range"),
        ("9", "H", BELOW_ONLY, "Above the usual range"),
        ("9", "L", {**POTASSIUM, "low": limit("15", "<"), "high": limit("200", ">")}, "Below the usual range"),
        (">5.2", "H", POTASSIUM, "Above the usual range"),
        ("4.0", "H", POTASSIUM, "Above the usual range"),
        ("4.0", "H", None, "Above the usual range"),
        ("4.0", None, None, "Without a usual range to compare with"),
    ],
)
def test_patients_read_gentle_words_and_never_that_far_off_is_a_little(value, flag, reference, words):
    assert line_of(entry(value, flag, reference)).gentle_words == words


def test_a_result_is_summed_up_in_words():
    flags = ["HH", "H", "L", "N", None]
    assert tally([entry("1", flag) for flag in flags]) == (
        "1 critical, 2 outside the range, 1 in range, 1 not classified"
    )


# --- limits in words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference, words",
    [
        (POTASSIUM, "3.5 to 5.1, critical below 3 or above 6.1"),
        (BELOW_ONLY, "below 5.7"),
        (ABOVE_ONLY, "above 40"),
        (CRITICAL_ONLY, "critical below 3 or above 6.1"),
        ({**CRITICAL_ONLY, "critical_low": None, "critical_high": limit("40", ">=")}, "critical at 40 or above"),
    ],
)
def test_limits_are_read_with_their_operators(reference, words):
    assert reference_of({"reference": reference}).all_words == words


@pytest.mark.parametrize(
    "low, high, words",
    [
        ("3.5", "5.1", ""),
        ("3.50", "5.10", ""),
        ("3.4", "5.0", "3.4 to 5.0"),
        (None, "5.0", "up to 5.0"),
        ("3.4", None, "from 3.4"),
        (None, None, ""),
    ],
)
def test_the_range_that_was_sent_is_shown_where_it_is_another(low, high, words):
    assert sent_range({"low": low, "high": high}, reference_of({"reference": POTASSIUM})) == words


# --- the bar ----------------------------------------------------------------------------------------


def test_the_bar_has_the_range_the_critical_zones_and_the_value_in_percents():
    bar = line_of(entry("4.3")).bar
    assert (bar.band.start, bar.band.width, bar.at) == ("34.7%", "30.7%", "50.0%")
    low, high = bar.criticals
    assert (low.start, low.width, high.start) == ("0.0%", "25.1%", "84.5%")
    assert (bar.arrow, bar.tail) == ("", None)


@pytest.mark.parametrize("value, arrow", [("900", "right"), ("0", ""), ("-900", "left")])
def test_what_lies_far_off_stands_at_the_edge_with_an_arrow_and_the_range_stays_visible(value, arrow):
    bar = line_of(entry(value, "HH")).bar
    assert bar.arrow == arrow
    assert 0 < float(bar.at.rstrip("%")) < 100
    assert float(bar.band.width.rstrip("%")) > 5


@pytest.mark.parametrize(
    "value, arrow, start", [("<4.0", "left", "0.0%"), (">600", "right", None), (">=4.0", "right", None)]
)
def test_a_half_line_is_open_at_its_end(value, arrow, start):
    bar = line_of(entry(value)).bar
    assert bar.arrow == arrow
    assert bar.tail.start == (start or bar.at)


@pytest.mark.parametrize("reference, end", [(BELOW_ONLY, "0.0%"), (ABOVE_ONLY, "100.0%")])
def test_a_range_with_one_bound_reaches_to_the_edge(reference, end):
    band = line_of(entry("5", "N", reference)).bar.band
    edges = band.start, f"{float(band.start.rstrip('%')) + float(band.width.rstrip('%')):.1f}%"
    assert end in edges


def test_critical_limits_alone_are_drawn_without_a_range():
    bar = line_of(entry("4", None, CRITICAL_ONLY)).bar
    assert (bar.band, len(bar.criticals)) == (None, 2)


@pytest.mark.parametrize("value", ["3", "6.2", "0", "-4", "100000", "5.10", "<1", ">9"])
@pytest.mark.parametrize("reference", [POTASSIUM, BELOW_ONLY, ABOVE_ONLY, CRITICAL_ONLY])
def test_nothing_is_drawn_outside_of_the_picture(value, reference):
    bar = line_of(entry(value, "N", reference)).bar
    assert all(0 <= percent <= 100 for percent in [*percents(bar), float(bar.at.rstrip("%"))])


@pytest.mark.parametrize("value", ["see note", "7,1", "1e1", "NaN", "٤", ""])
def test_what_is_no_number_has_no_bar(value):
    assert line_of(entry(value, None)).bar is None


def test_a_range_of_one_point_can_be_drawn():
    point = {**POTASSIUM, "low": limit("0", "<"), "high": limit("0", ">"), "critical_low": None, "critical_high": None}
    assert line_of(entry("0", "N", point)).bar.at == "50.0%"


def test_the_picture_is_told_in_words():
    assert line_of(entry("7.1", "HH")).told == (
        "7.1 mmol/L, critical high; range 3.5 to 5.1, critical below 3 or above 6.1"
    )


# --- what an alarm says -----------------------------------------------------------------------------


def test_an_alarm_says_value_unit_flag_and_range_of_all_that_is_critical():
    said = alarm_summary([entry("4.0"), entry("7.1", "HH"), entry("2.1", "LL", name="K")])
    assert said == (
        "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1); "
        "K 2.1 mmol/L, critical low (3.5 to 5.1, critical below 3)"
    )


def test_an_alarm_that_grows_too_long_says_how_many_more_there_are_and_cuts_no_number():
    said = alarm_summary([entry("7.1", "HH", name=f"Potassium {n}") for n in range(9)])
    assert len(said) <= SUMMARY_LENGTH
    assert said.endswith("critical above 6.1); and 5 more")


# --- the page ---------------------------------------------------------------------------------------

SENT = {
    "Sodium": {"value": "140", "unit": "mmol/L", "low": "136", "high": "146"},
    "K": {"value": "7.1", "unit": "mmol/L"},
    "Lithium": {"value": "0.9", "unit": "mmol/L", "high": "0.8"},
    "Odd one": {"value": "3", "unit": "x"},
    "Blood culture": "No growth",
}


def page_of(signed_in, who, result):
    return signed_in(who).get(result.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_doctor_sees_flags_whys_ranges_and_where_they_come_from(cast, signed_in):
    page = page_of(signed_in, cast.smith, recorded(cast, result_data=SENT))
    for words in (
        "Critical high",
        "1 critical, 1 outside the range, 2 in range, 1 not classified",
        "The catalogue does not know an analyte of this name.",
        "It is outside of the range that was sent with it.",
        "Sent with it: 136 to 146",
        "an example, not approved",
        "ARUP 2024",
    ):
        assert words in page
    assert page.index("Potassium") < page.index("Sodium")  # the most urgent first


@pytest.mark.django_db
def test_a_patient_reads_plain_words_and_that_the_doctor_was_alerted(cast, signed_in):
    page = page_of(signed_in, cast.bob, recorded(cast, result_data=SENT))
    for words in (
        "Well above the usual range",
        "Your doctor has been alerted.",
        "a salt that nerves, muscles and the heart need",
        "Your doctor can say what it means.",
        "The laboratory’s range: 136 to 146",
        "The usual answer",
    ):
        assert words in page
    for words in ("Critical high", "ARUP", "not approved", "does not know"):
        assert words not in page


@pytest.mark.django_db
@pytest.mark.parametrize("flag, words", [("L", "Low"), ("LL", "Critical low"), (None, "Not classified")])
def test_a_page_shows_the_flag_that_was_kept_whatever_the_numbers_say(cast, signed_in, flag, words):
    result = recorded(cast, result_data={"Potassium": "9.9"})
    (kept,) = result.entries
    LabResult.objects.filter(pk=result.pk).update(entries=[{**kept, "flag": flag}])
    page = page_of(signed_in, cast.smith, result)
    assert f"</svg>{words}</span>" in page
    assert "</svg>Critical high</span>" not in page
