"""The value before, by analyte and not by name, and what changed since."""

import pytest
from django.test.utils import CaptureQueriesContext

from labs.models import LabResult
from labs.previous import compared
from labs.since_last import since_last
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db
WHY = {"reason": "Haemolysed sample"}


def of(cast, values, **more):
    return recorded(cast, result_data=values, **more)


def rows(cast, result, who=None):
    return {row.line.name: row for row in compared(result, by=(who or cast.smith).user)}


def mmol(amount):
    return {"value": amount, "unit": "mmol/L"}


# --- the value before -------------------------------------------------------------------------------


def test_the_value_before_is_found_under_every_name_of_the_analyte(cast):
    of(cast, {"Kalium": mmol("4.4")})
    row = rows(cast, of(cast, {"K": mmol("5.0")}))["K"]
    assert (row.before.value, row.difference.words, row.medical_name) == ("4.4", "up 0.6", "Potassium")


def test_it_is_found_however_many_results_came_since(cast):
    of(cast, {"TSH": {"value": "2.0", "unit": "mIU/L"}})
    for _ in range(25):
        of(cast, {"Potassium": "4.1"})
    assert rows(cast, of(cast, {"TSH": {"value": "1.5", "unit": "mIU/L"}}))["TSH"].difference.words == "down 0.5"


@pytest.mark.parametrize(
    "before, now, words",
    [
        (mmol("4.40"), mmol("4.4"), "the same"),
        (mmol("5.3"), {"value": "99", "unit": "mg/dL"}, "up 3.52 mg/dL"),
        ("4.0", mmol("4.5"), "up 0.5 mmol/L"),
        (mmol("<4"), mmol("4.5"), None),
        (mmol("4"), mmol(">4.5"), None),
        (mmol("see note"), mmol("4.5"), None),
        ({"value": "4", "unit": "bananas"}, mmol("4.5"), None),
        ({"value": "4", "unit": "bananas"}, {"value": "5", "unit": "bananas"}, "up 1 bananas"),
    ],
)
def test_amounts_are_told_only_where_the_units_allow_it(cast, before, now, words):
    name = "Glucose" if isinstance(now, dict) and now["unit"] == "mg/dL" else "Potassium"
    of(cast, {name: before})
    row = rows(cast, of(cast, {name: now}))[name]
    assert row.before is not None
    assert (row.difference.words_with_unit if row.difference else None) == words


def test_what_the_catalogue_does_not_know_is_compared_under_its_own_name(cast):
    of(cast, {"Odd  One": {"value": "3", "unit": "x"}, "Other": {"value": "9", "unit": "x"}})
    row = rows(cast, of(cast, {"odd one": {"value": "4", "unit": "x"}}))["odd one"]
    assert (row.before.value, row.difference.words, row.trend_code) == ("3", "up 1", "")


def test_another_patients_value_is_nobodys_previous(cast):
    of(cast, {"Potassium": "4.1"}, patient=cast.alice)
    assert rows(cast, of(cast, {"Potassium": "4.2"}))["Potassium"].before is None


def test_what_was_corrected_or_cancelled_is_no_previous_value(cast):
    of(cast, {"Potassium": "4.1"})
    of(cast, {"Potassium": "4.7"}).cancel(by=cast.admin, **WHY)
    of(cast, {"Potassium": "9.9"}).correct(by=cast.admin, result_data={"Potassium": "4.3"}, **WHY)
    assert rows(cast, of(cast, {"Potassium": "4.2"}))["Potassium"].before.value == "4.3"


def test_a_correction_keeps_its_place_in_time(cast):
    old = of(cast, {"Potassium": "4.0"})
    later = of(cast, {"Potassium": "4.5"})
    new = old.correct(by=cast.admin, result_data={"Potassium": "4.1"}, **WHY)
    assert rows(cast, new)["Potassium"].before is None
    assert rows(cast, later)["Potassium"].before.value == "4.1"


def test_who_may_not_see_the_earlier_result_does_not_see_its_value(cast, monkeypatch):
    hidden, shown = of(cast, {"Potassium": "4.1"}), of(cast, {"Potassium": "4.2"})
    everything = type(LabResult.objects.none()).visible_to
    monkeypatch.setattr(
        type(LabResult.objects.none()),
        "visible_to",
        lambda self, user: everything(self, user).exclude(pk=hidden.pk),
    )
    assert rows(cast, shown, cast.bob)["Potassium"].before is None


def test_a_result_costs_as_many_questions_with_many_values_as_with_one(cast, signed_in, django_assert_num_queries):
    from django.db import connection

    doctor = signed_in(cast.smith)
    few, many = {"Potassium": "4.1"}, dict.fromkeys(("K", "Na", "Glucose", "CRP", "Odd", "TSH", "Ferritin"), "4.1")
    paths = []
    for values in (few, many):
        for _ in range(3):
            result = of(cast, values)
        paths.append(result.get_absolute_url())
        doctor.get(paths[-1])
    with CaptureQueriesContext(connection) as first:
        doctor.get(paths[0])
    with django_assert_num_queries(len(first)):
        doctor.get(paths[1])


# --- what changed -----------------------------------------------------------------------------------

BEFORE = {
    "Potassium": mmol("4.4"),
    "Sodium": mmol("150"),
    "Chloride": mmol("110"),
    "CO2": mmol("25"),
    "Glucose": {"value": "90", "unit": "mg/dL"},
    "CRP": {"value": "see note", "unit": "mg/L"},
}
NOW = {
    "Potassium": mmol("7.1"),
    "Sodium": mmol("140"),
    "Chloride": mmol("112"),
    "CO2": mmol("26"),
    "Glucose": {"value": "see note", "unit": "mg/dL"},
    "CRP": {"value": "40", "unit": "mg/L"},
    "Ferritin": {"value": "1", "unit": "ng/mL"},
}


@pytest.fixture
def both(cast):
    of(cast, BEFORE)
    return of(cast, NOW)


def test_changes_are_told_by_the_kept_flags(cast, both):
    found = since_last(compared(both, by=cast.smith.user))
    names = [[row.line.name for row in group] for group in (found.out, found.back, found.still, found.unclear)]
    assert names == [["Potassium"], ["Sodium"], ["Chloride"], ["CRP", "Glucose"]]
    assert found.stayed == 1


def test_a_doctor_reads_what_changed_by_how_much_and_in_how_many_days(cast, both, signed_in):
    page = signed_in(cast.smith).get(both.get_absolute_url()).content.decode()
    assert "Newly outside" in page
    assert "critical high: up 2.7 mmol/L in 0 days" in page
    assert "Back in range" in page
    assert "Not comparable" in page


def test_a_patient_reads_it_in_gentler_sentences(cast, both, signed_in):
    page = signed_in(cast.bob).get(both.get_absolute_url()).content.decode()
    assert "Potassium: well above the usual range now." in page
    assert "Sodium is back in the usual range." in page
    assert "Chloride is still outside of the usual range: 112 mmol/L now, 110 mmol/L on" in page
    assert "1 other value stayed in the usual range." in page
    assert "Newly outside" not in page


def test_a_first_result_says_nothing_of_a_change(cast, signed_in):
    page = signed_in(cast.smith).get(of(cast, NOW).get_absolute_url()).content.decode()
    assert "What changed" not in page
    assert page.count("No earlier value") == len(NOW)
