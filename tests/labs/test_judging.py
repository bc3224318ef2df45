"""What the example catalogue says of values as laboratories send them: the issue's sentences, and rivals' defects."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.labs.judged import flag_of, judged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
MMOL = "mmol/L"


@pytest.mark.parametrize(
    "name, sent, expected",
    [
        # GNU Health: `if result and limit` never flags a 0
        ("Glucose", "0", "LL"),
        ("Glucose", 0, "LL"),
        ("Glucose", {"value": 0, "unit": "mg/dL"}, "LL"),
        ("Platelets", "0", "LL"),
        ("Potassium", "-1", "LL"),
        # OpenMRS: ">200" parses to NaN, and NaN is shown as normal; and a cohort extractor took "<10" for 10
        ("Glucose", ">600", "HH"),
        ("Glucose", "> 600 mg/dL", "HH"),
        ("Glucose", "≥451", "HH"),
        ("Glucose", "<10", "LL"),
        ("Glucose", "< 3.0 mmol/L", "LL"),
        ("Glucose", ">200", None),
        ("Troponin I", "<0.01", "N"),
        # OpenMRS: the server says critical at >=, the browser at >
        ("Lactate", "5", "HH"),
        ("Lactate", "4.9", "H"),
        ("Hemoglobin", "7", "LL"),
        ("Hemoglobin", "7.1", "L"),
        ("Platelets", "20", "LL"),
        ("Platelets", "1000", "HH"),
        ("INR", "5.0", "HH"),
        ("INR", "4.9", "H"),
        ("Potassium", "3.0", "L"),
        ("Potassium", "2.9", "LL"),
        ("Potassium", "6.1", "H"),
        ("Potassium", "6.2", "HH"),
        ("Potassium", "7.1", "HH"),
        # OpenELIS: the critical range is filled from the normal one, or begins at infinity
        ("Chloride", "60", "L"),
        ("Chloride", "150", "H"),
        ("Creatinine", "9.9", "H"),
        ("Fibrinogen", "99", "LL"),
        ("Fibrinogen", "5000", "H"),
        ("Lactate", "0", "N"),
    ],
)
def test_the_defects_of_others_are_not_ours(name, sent, expected):
    assert flag_of(name, sent) == expected


@pytest.mark.parametrize(
    "sent, reason",
    [
        ("see note", "The value is not a plain number."),
        ("NaN", "The value is not a plain number."),
        ("hemolyzed", "The value is not a plain number."),
        ("7,1", "There is a comma in the number"),
        ("7.1e0", "The number is written with an exponent."),
        ("5 1", "The value is not a plain number."),
        ("3.5-5.1", "The value is not a plain number."),
        ("7.1 mg/dL", "The catalogue does not know the unit mg/dL for Potassium."),
        ({"value": "7.1", "unit": "furlongs"}, "The catalogue does not know the unit furlongs for Potassium."),
        ({"value": "7.1"}, "No unit was sent; the catalogue has Potassium in mmol/L."),
        ({"value": "7.1 mmol/L", "unit": "mEq/L"}, None),
        ({"value": "7.1 mmol/L", "unit": "mg/dL"}, "The catalogue does not know the unit mg/dL for Potassium."),
    ],
)
def test_what_cannot_be_classified_says_why_and_is_never_normal(sent, reason):
    found = judged("Potassium", sent)
    if reason is None:
        assert found.flag == "HH"
    else:
        assert found.flag is None
        assert found.why.startswith(reason)


def test_a_unit_in_the_value_that_contradicts_the_one_beside_it_is_not_used():
    found = judged("Glucose", {"value": "90 mg/dL", "unit": MMOL})
    assert (found.flag, found.why) == (None, "The unit beside the value contradicts the one in it.")


@pytest.mark.parametrize(
    "name", ["Unobtainium", "Troponin", "Neutrophils", "Lymphocytes", "Ca++", "Urine glucose", "Glucose, CSF"]
)
def test_a_name_that_can_mean_two_things_or_nothing_is_not_classified(name):
    found = judged(name, "5")
    assert (found.flag, found.why) == (None, "The catalogue does not know an analyte of this name.")


@pytest.mark.parametrize("name", ["Haemoglobin", "hgb", "HB", " Hemoglobin ", "Ｈｇｂ"])
def test_names_are_found_whatever_their_case_and_width(name):
    assert judged(name, "6.9").name == "Hemoglobin"


@pytest.mark.parametrize("unit", [None, "", "1", 1, "{INR}", "INR", "ratio"])
def test_an_inr_has_no_unit_however_that_is_written(unit):
    assert flag_of("INR", {"value": "5.0", "unit": unit}) == "HH"


def test_the_plain_form_means_the_catalogues_units():
    assert (flag_of("WBC", "7.5"), flag_of("Hematocrit", "42%"), flag_of("Hct", "42")) == ("N", "N", "N")
    assert (flag_of("WBC", "7500 /uL"), flag_of("WBC", "7.5 ×10³/µL"), flag_of("WBC", "7.5 10^9/L")) == ("N", "N", "N")


@pytest.mark.parametrize(
    "name, unit, critical, high, limit",
    [
        ("Glucose", MMOL, "24.978", "24.977", "450 mg/dL is 24.97780..."),
        ("Glucose", MMOL, ">24.978", "24.97", "half a line too"),
        ("Hemoglobin", "g/L", "210.1", "210", "above 21.0 g/dL"),
        ("Calcium", MMOL, "3.244", "3.243", "13.0 mg/dL is 3.24351..."),
        ("Lactate", "mg/dL", "45.04", "45.03", "5 mmol/L is 45.04 mg/dL exactly"),
        ("Platelets", "/uL", "1000000", "999999", "1000 thousand"),
        ("Troponin I", "ng/L", "300", "299", "0.30 ng/mL"),
        ("Total bilirubin", "umol/L", "256.57", "256.56", "15 mg/dL is 256.56 umol/L exactly"),
        ("Arterial pCO2", "kPa", "8", "7.99", "60 mm[Hg] is 7.99933... kPa"),
    ],
)
def test_units_convert_by_the_exact_factor(name, unit, critical, high, limit):
    found = [flag_of(name, {"value": value, "unit": unit}) for value in (critical, high)]
    assert found == ["HH", "H"], limit


def test_the_value_is_kept_in_the_catalogues_unit_too_and_as_precise_as_it_was_sent():
    found = judged("Glucose", {"value": "5.50", "unit": MMOL})
    assert (found.canonical, found.canonical_unit) == ("99.088", "mg/dL")
    assert judged("Potassium", {"value": "4.10", "unit": MMOL}).canonical == "4.10"
    assert judged("Potassium", "<3.0").canonical is None


def test_the_reference_is_shown_in_the_unit_that_was_sent():
    reference = judged("Glucose", {"value": "5.5", "unit": MMOL}).reference
    assert reference["low"] == {"value": "3.885", "operator": "<"}
    assert reference["critical_high"] == {"value": "24.98", "operator": ">"}
    assert (reference["unit"], reference["version"], reference["approved"]) == (MMOL, 1, False)
    assert reference["source"].startswith("Example; a laboratory director must approve; usual: common example")
    assert judged("INR", "2").reference["low"] is None


@pytest.mark.parametrize(
    "name, sent, days_old, expected",
    [
        ("Glucose", "46", 30, None),
        ("Glucose", "45", 30, "LL"),
        ("Glucose", "201", 30, "HH"),
        ("Glucose", "201", 31, None),
        ("Glucose", "54", 31, "LL"),
        ("Hemoglobin", "12.0", 6, "LL"),
        ("Hemoglobin", "12.0", 7, None),
        ("Hemoglobin", "22.0", 6, "HH"),
        ("Hematocrit", "35", 6, "LL"),
        ("Hematocrit", "35", 7, None),
        ("Creatinine", "1.0", 3000, None),
    ],
)
def test_children_have_limits_of_their_own_or_none(name, sent, days_old, expected):
    assert flag_of(name, sent, days_old=days_old) == expected


@pytest.mark.parametrize("sex", ["other", "unknown", ""])
def test_a_patient_of_unknown_sex_is_classified_where_all_limits_agree(sex):
    found = judged("Hemoglobin", "13.0", sex=sex)
    assert (found.flag, found.reference) == (None, None)
    assert found.why.startswith("The patient's sex or age is not known")
    assert [flag_of("Hemoglobin", value, sex=sex) for value in ("6.9", "11.0", "14.0")] == ["LL", "L", "N"]
    assert len(judged("Hemoglobin", "14.0", sex=sex).judged_by) == 2
    assert flag_of("Potassium", "7.1", sex=sex) == "HH"


def test_a_patient_of_unknown_age_is_classified_where_all_limits_agree():
    assert flag_of("Potassium", "7.1", born=None) == "HH"
    assert flag_of("Potassium", "4.1", born=None) is None
    assert flag_of("Sodium", "100", born=None, sex="unknown") == "LL"
    assert judged("Albumin", "4", born=None).why.startswith("The patient's age must be known")


def test_who_is_not_born_yet_by_the_calendar_has_no_limits():
    assert flag_of("Potassium", "7.1", born=timezone.localdate() + timedelta(days=1)) is None


def test_the_age_is_that_of_the_moment_and_not_of_today():
    birth = date(2025, 3, 1)
    month_old = timezone.make_aware(timezone.datetime(2025, 3, 31))
    assert flag_of("Glucose", "201", born=birth, at=month_old) == "HH"
    assert flag_of("Glucose", "201", born=birth, at=month_old + timedelta(days=1)) is None


@pytest.mark.parametrize("test_type", ["Urinalysis", "24 h urine", "CSF glucose", "Pleural fluid", "Stool"])
def test_a_test_of_another_specimen_is_not_judged_by_limits_for_blood(test_type):
    found = judged("Glucose", "15", test_type=test_type)
    assert (found.flag, found.analyte) == (None, None)
    assert found.why == "The catalogue's limits are for blood, and this test names another specimen."


def test_other_blood_than_arterial_is_not_judged_by_its_limits_and_the_rest_is():
    assert flag_of("pO2", "38", test_type="Venous blood gas") is None
    assert flag_of("Lactate", "5", test_type="Venous blood gas") == "HH"
    assert flag_of("pO2", "38", test_type="Blood gas") == "LL"


@pytest.mark.parametrize(
    "name, sent, expected",
    [
        ("Blood culture", "Positive", "AA"),
        ("Blood culture", " no  GROWTH ", "N"),
        ("SARS-CoV-2", "Detected", "A"),
        ("Malaria", "Seen", "AA"),
        ("Malaria", "Possibly", None),
        ("Malaria", "0", None),
        ("Malaria", "", None),
    ],
)
def test_answers_in_words_have_the_class_that_the_catalogue_gives_them(name, sent, expected):
    assert (flag_of(name, sent) if sent else None) == expected


# --- the sender's word ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, expected, why",
    [
        ({"value": "4.1", "flag": "N"}, "N", ""),
        ({"value": "4.1", "flag": "H"}, "H", "By the catalogue it is normal. Its sender flagged it H."),
        ({"value": "4.1", "flag": "HH"}, "HH", "By the catalogue it is normal. Its sender flagged it HH."),
        ({"value": "7.1", "flag": "N"}, "HH", ""),
        ({"value": "7.1", "flag": "H"}, "HH", ""),
        ({"value": "7.1", "low": "3", "high": "9"}, "HH", ""),
        ({"value": "2.9", "flag": "HH"}, "LL", ""),
        (
            {"value": "5.0", "low": "3.5", "high": "4.9"},
            "H",
            "By the catalogue it is normal. It is outside of the range that was sent with it.",
        ),
        ({"value": "4.0", "high": "3.5"}, "H", None),
        ({"value": "4.0", "low": "4.0", "high": "4.0"}, "N", ""),
    ],
)
def test_the_senders_flag_and_range_raise_a_class_and_never_lower_it(sent, expected, why):
    found = judged("Potassium", {"unit": MMOL, **sent})
    assert found.flag == expected
    assert why is None or found.why == why


@pytest.mark.parametrize(
    "sent, expected",
    [
        ({"value": "9", "unit": "U", "flag": "N", "low": "1", "high": "10"}, None),
        ({"value": "9", "unit": "U", "low": "1", "high": "8"}, "H"),
        ({"value": "<2", "unit": "U", "low": "3", "high": "8"}, "L"),
        ({"value": ">2", "unit": "U", "low": "3", "high": "8"}, None),
        ({"value": "9", "unit": "U", "flag": "AA"}, "AA"),
        ({"value": "weak", "flag": "A"}, "A"),
    ],
)
def test_what_we_cannot_classify_is_as_bad_as_its_sender_says_and_never_normal(sent, expected):
    found = judged("Unobtainium", sent)
    assert found.flag == expected
    assert found.why.startswith("Not classified here: " if expected else "The catalogue does not know")


def test_what_its_sender_said_stands_beside_our_class():
    found = judged("Potassium", {"value": "7.1", "unit": MMOL, "flag": "L", "low": "3.5", "high": "5.1"})
    assert found.flag == "HH"
    assert found.reasons == ("Its sender flagged it L.", "It is outside of the range that was sent with it.")


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "4.1 mmol/L", "unit": "mg/dL", "low": "150", "high": "200"},
        {"value": "4.1", "unit": MMOL, "low": "150 mg/dL", "high": "200 mg/dL"},
        {"value": "4.1", "unit": MMOL, "low": "see note", "high": "?"},
        {"value": "4.1", "unit": MMOL, "low": "<5"},
        {"value": "4.1", "unit": MMOL, "low": "5,0", "high": "6,0"},
        {"value": "4.1", "unit": MMOL, "low": "1e1"},
    ],
)
def test_a_sent_range_that_cannot_be_read_or_is_in_another_unit_is_not_used(sent):
    found = judged("Potassium", sent)
    assert found.flag in ("N", None)
    assert found.reasons == ()


# --- a sender with a decimal comma ------------------------------------------------------------------


def test_a_decimal_comma_is_understood_where_its_sender_says_so():
    assert flag_of("Potassium", "7,1", decimal_comma=True) == "HH"
    assert flag_of("Potassium", "<2,9 mmol/L", decimal_comma=True) == "LL"
    sent = {"value": "5,0", "unit": MMOL, "low": "3,5", "high": "4,9"}
    assert flag_of("Potassium", sent, decimal_comma=True) == "H"
    assert flag_of("Potassium", {"value": 7.1, "unit": MMOL}, decimal_comma=True) == "HH"
    assert flag_of("Potassium", "7.1", decimal_comma=True) is None
