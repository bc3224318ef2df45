"""Values over time: who may see them, what stands in the table, and what the picture is drawn from."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labs import trends
from labs.models import Analyte, LabResult, LabValue, LimitBand
from labs.trends import newest_values, trend_of
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db
POTASSIUM = "2823-3"


def of(cast, value="4.1", unit="mmol/L", name="Potassium", **more):
    return recorded(cast, result_data={name: {"value": value, "unit": unit}}, **more)


def days_ago(result, days):
    """As if it had been recorded then."""
    at = timezone.now() - timedelta(days=days)
    LabResult.objects.filter(pk=result.pk).update(created_at=at)
    LabValue.objects.filter(result=result).update(at=at)
    return result


def analyte(name="Potassium"):
    return Analyte.objects.get(name=name)


def trend(cast, who=None, name="Potassium", **asked):
    return trend_of(cast.bob, analyte(name), by=(who or cast.smith).user, **asked)


def path(cast, code=POTASSIUM, more=""):
    return f"/lab-results/trends/{cast.bob.pk}/{code}/{more}"


# --- who may see it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, status", [("smith", 200), ("bob", 200), ("admin", 200), ("charlie", 404), ("brown", 404)]
)
@pytest.mark.parametrize("more", ["", "partial/", "?print", "?since=1y"])
def test_a_trend_is_for_the_patient_and_who_treats_them(cast, signed_in, who, status, more):
    of(cast)
    assert signed_in(getattr(cast, who)).get(path(cast, more=more)).status_code == status


@pytest.mark.parametrize(
    "who, status", [("smith", 200), ("bob", 200), ("admin", 200), ("charlie", 404), ("brown", 404)]
)
@pytest.mark.parametrize("more", ["", "partial/"])
def test_so_are_all_values(cast, signed_in, who, status, more):
    of(cast)
    answer = signed_in(getattr(cast, who)).get(f"/lab-results/trends/{cast.bob.pk}/{more}")
    assert answer.status_code == status
    assert ("Potassium" in answer.content.decode()) is (status == 200)


def test_a_laboratory_sees_neither(cast, signed_in):
    of(cast)
    for where in (path(cast), f"/lab-results/trends/{cast.bob.pk}/"):
        assert signed_in(cast.laboratory).get(where).status_code in (403, 404)
    assert trend_of(cast.bob, analyte(), by=cast.laboratory) is None


def test_a_result_that_one_may_not_see_is_in_no_trend(cast, monkeypatch):
    hidden = of(cast, "5.9")
    queryset = type(LabResult.objects.none())
    everything = queryset.visible_to
    monkeypatch.setattr(queryset, "visible_to", lambda self, user: everything(self, user).exclude(pk=hidden.pk))
    of(cast, "4.1")
    assert [point.line.value for point in trend(cast, cast.bob).points] == ["4.1"]


@pytest.mark.parametrize("code", ["9999-9", "local-1", "local-99999999999999999999", "local-x", "x", "2947-0"])
def test_what_was_never_measured_is_not_there(cast, signed_in, code):
    of(cast)
    assert signed_in(cast.smith).get(path(cast, code)).status_code == 404


@pytest.mark.parametrize("since", ["x", "1Y", "%00", "'"])
def test_an_odd_period_is_all_values(cast, signed_in, since):
    days_ago(of(cast, "4.4"), 700)
    assert "4.4" in signed_in(cast.smith).get(path(cast, more=f"?since={since}")).content.decode()


# --- what is in it ----------------------------------------------------------------------------------


def test_values_of_every_name_and_unit_are_in_it_as_they_were_sent_with_their_flags(cast, signed_in):
    days_ago(of(cast, "5.3", "mmol/L", "Glucose"), 30)
    of(cast, "130", "mg/dL", "Blood sugar")
    page = signed_in(cast.smith).get(path(cast, "2345-7")).content.decode()
    for words in ("5.3 <small>mmol/L", "130 <small>mg/dL", "</svg>High</span>", "</svg>In range</span>"):
        assert words in page
    newest, oldest = trend(cast, name="Glucose").points
    assert (f"{newest.number:f}", f"{oldest.number:f}") == ("130", "95.4848")


@pytest.mark.parametrize("value, unit", [("<4", "mmol/L"), ("see note", "mmol/L"), ("4", "bananas")])
def test_what_cannot_be_drawn_stands_in_the_table_and_leaves_a_gap(cast, signed_in, value, unit):
    for days, (amount, of_unit) in enumerate([("4.1", "mmol/L"), (value, unit), ("4.3", "mmol/L"), ("4.4", "mmol/L")]):
        days_ago(of(cast, amount, of_unit), 40 - days)
    picture = trend(cast).picture
    assert (len(picture.marks), len(picture.strokes)) == (3, 1)
    assert signed_in(cast.smith).get(path(cast)).content.decode().count("Not in the picture") == 1


def test_nothing_but_words_is_a_table_without_a_picture(cast, signed_in):
    of(cast, "see note")
    assert "Nothing to draw" in signed_in(cast.smith).get(path(cast)).content.decode()


def test_only_the_newest_versions_are_in_it_and_nothing_that_was_cancelled(cast):
    of(cast, "9.9").correct(by=cast.admin, reason="Wrong tube", result_data={"Potassium": "4.3"})
    of(cast, "8.8").cancel(by=cast.admin, reason="Wrong tube")
    assert [point.line.value for point in trend(cast).points] == ["4.3"]


def test_a_period_leaves_out_what_is_older(cast, signed_in):
    for days, value in ((500, "4.1"), (200, "4.2"), (10, "4.3")):
        days_ago(of(cast, value), days)
    shown = [[point.line.value for point in trend(cast, period=period).points] for period in ("", "1y", "3m")]
    assert shown == [["4.3", "4.2", "4.1"], ["4.3", "4.2"], ["4.3"]]


def test_a_period_without_a_value_says_so(cast, signed_in):
    days_ago(of(cast), 500)
    answer = signed_in(cast.smith).get(path(cast, more="?since=3m"))
    assert (answer.status_code, "No value in this time" in answer.content.decode()) == (200, True)


def test_it_ends_after_the_newest_two_hundred_and_says_so(cast, signed_in, monkeypatch):
    monkeypatch.setattr(trends, "MOST", 3)
    for days in range(5):
        days_ago(of(cast, f"4.{days}"), days)
    found = trend(cast)
    assert ([point.line.value for point in found.points], found.more) == (["4.0", "4.1", "4.2"], True)
    assert "Earlier ones stand on their results" in signed_in(cast.smith).get(path(cast)).content.decode()


def test_it_costs_as_many_questions_for_many_values_as_for_one(cast, signed_in, django_assert_num_queries):
    of(cast)
    doctor = signed_in(cast.smith)
    for where in (path(cast), f"/lab-results/trends/{cast.bob.pk}/"):
        doctor.get(where)
        with CaptureQueriesContext(connection) as first:
            doctor.get(where)
        for days in range(9):
            days_ago(of(cast, f"4.{days}"), days)
        with django_assert_num_queries(len(first)):
            doctor.get(where)


# --- the picture ------------------------------------------------------------------------------------


def test_the_range_is_the_one_that_judged_each_value(cast):
    days_ago(of(cast, "4.1"), 90)
    days_ago(of(cast, "4.2"), 60)
    band = LimitBand.objects.get(analyte=analyte(), age_from_days=365)
    band.revise(by=cast.admin, high="5.5")
    days_ago(of(cast, "5.3"), 30)
    days_ago(of(cast, "5.6"), 1)
    picture = trend(cast).picture
    first, second = picture.steps
    assert picture.changes
    assert first.x2 == second.x
    assert second.top < first.top
    assert [mark.shape for mark in picture.marks] == ["in", "in", "in", "outside"]
    assert [level.words for level in picture.bounds] == ["5.5", "3.5"]


def test_the_picture_marks_critical_values_and_limits(cast):
    days_ago(of(cast, "4.1"), 9)
    of(cast, "7.1")
    picture = trend(cast).picture
    assert [mark.shape for mark in picture.marks] == ["in", "critical"]
    assert [level.words for level in picture.criticals] == ["critical above 6.1", "critical below 3"]


def test_a_converted_value_is_not_written_finer_than_it_is_known(cast):
    of(cast, "5.3", "mmol/L", "Glucose")
    found = trend(cast, name="Glucose")
    assert found.picture.marks[0].value == "95.48"
    assert "95.48 mg/dL, in range" in found.told
    of(cast, "95.40", "mg/dL", "Glucose")
    assert trend(cast, name="Glucose").picture.marks[-1].value == "95.40"


def test_the_newest_value_is_written_where_its_line_does_not_come_from(cast):
    days_ago(of(cast, "4.1"), 9)
    days_ago(of(cast, "4.5"), 5)
    assert trend(cast).picture.label_shift < 0
    of(cast, "4.0")
    assert trend(cast).picture.label_shift > 0


def test_one_value_stands_in_the_middle(cast):
    of(cast)
    assert [mark.x for mark in trend(cast).picture.marks] == ["50.0%"]


def test_the_picture_is_told_in_words_to_doctor_and_patient(cast):
    days_ago(of(cast, "4.1"), 9)
    of(cast, "7.1")
    found = trend(cast)
    assert found.told.startswith("2 values since ")
    assert "between 4.1 and 7.1 mmol/L" in found.told
    assert found.told.endswith("7.1 mmol/L, critical high.")
    assert found.gently_told.endswith("7.1 mmol/L, well above the usual range.")


def test_the_patients_page_has_no_clinicians_words(cast, signed_in):
    of(cast, "7.1")
    page = signed_in(cast.bob).get(path(cast)).content.decode()
    assert "Well above the usual range" in page
    assert "critical above" not in page
    assert "Critical high" not in page


# --- all values of a patient ------------------------------------------------------------------------


def test_all_values_are_grouped_by_category_with_the_newest_of_each(cast, signed_in):
    days_ago(of(cast, "4.1"), 9)
    of(cast, "4.3", name="K")
    of(cast, "13", "g/dL", "Hgb")
    of(cast, "3", "x", "Odd one")
    groups = newest_values(cast.bob, by=cast.smith.user)
    assert [(category, [(row.name, row.line.value) for row in rows]) for category, rows in groups] == [
        ("Chemistry", [("Potassium", "4.3")]),
        ("Haematology", [("Hemoglobin", "13")]),
        ("Not in the catalogue", [("Odd one", "3")]),
    ]
    assert groups[0][1][0].spark is not None


def test_a_patient_without_values_is_told_what_will_stand_there(cast, signed_in):
    page = signed_in(cast.bob).get(f"/lab-results/trends/{cast.bob.pk}/").content.decode()
    assert "No values yet" in page


def test_a_result_its_list_and_the_chart_lead_to_trends(cast, signed_in):
    of(cast)
    result = of(cast)
    assert path(cast) in signed_in(cast.smith).get(result.get_absolute_url()).content.decode()
    everything = f"/lab-results/trends/{cast.bob.pk}/"
    assert everything in signed_in(cast.smith).get(f"/patients/{cast.bob.pk}/").content.decode()
    assert everything in signed_in(cast.bob).get("/lab-results/").content.decode()


# --- the index --------------------------------------------------------------------------------------


def test_each_value_is_indexed_once_with_its_result_or_not_at_all(cast):
    result = recorded(cast, result_data={"K": "4.1", "Odd": "1"})
    rows = LabValue.objects.filter(result=result).order_by("position")
    assert [(row.analyte, row.name) for row in rows] == [(analyte(), ""), (None, "odd")]
    with transaction.atomic():
        of(cast)
        transaction.set_rollback(True)
    assert LabValue.objects.count() == 2


@pytest.mark.parametrize("change", [{"name": "potassium"}, {"analyte": None}])
def test_the_database_keeps_a_value_of_an_analyte_or_of_a_name(cast, change):
    of(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabValue.objects.update(**change)


def test_an_analyte_that_gets_its_code_later_keeps_its_values(cast, signed_in):
    rare = Analyte.objects.create(name="Rare", unit="u", category="chemistry", source="x")
    of(cast, "1", "u", "Rare")
    rare.loinc = "99999-1"
    rare.save()
    of(cast, "2", "u", "Rare").correct(by=cast.admin, reason="Wrong tube")
    assert [point.line.value for point in trend(cast, name="Rare").points] == ["2", "1"]
    assert signed_in(cast.smith).get(path(cast, f"local-{rare.pk}")).status_code == 200


def test_old_results_are_indexed_by_their_analyte_or_by_their_name(cast):
    old, new = of(cast, name="Kalium"), of(cast, "4.2")
    corrected = of(cast, "9.9").correct(by=cast.admin, reason="Wrong tube", result_data={"K": "4.3"})
    of(cast, "8.8").cancel(by=cast.admin, reason="Wrong tube")
    urine = of(cast, test_type="Urine potassium")
    for result in (old, urine):
        bare = [{key: one[key] for key in ("name", "value", "unit", "low", "high")} for one in result.entries]
        LabResult.objects.filter(pk=result.pk).update(entries=bare)
    before = set(LabValue.objects.values_list("result", "position", "analyte", "name", "at"))
    LabValue.objects.all().delete()
    import_module("labs.migrations.0061_lab_values_of_old_results").index_old_results(apps, None)
    assert set(LabValue.objects.values_list("result", "position", "analyte", "name", "at")) == before
    assert {old.pk, new.pk, corrected.pk} <= set(
        LabValue.objects.filter(analyte=analyte()).values_list("result_id", flat=True)
    )
