"""The example catalogue holds together, and the database refuses one that does not."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from labs.ages import NoAge, age_text, days_of, span_text
from labs.catalogue import judge, known_under
from labs.loinc import loinc_code
from labs.models import Analyte, AnalyteName, AnalyteUnit, CodedValue, LimitBand, Panel
from labs.spellings import folded, unit_key
from labs.values import read_values
from tests.server import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
ARUP = {
    "Sodium": ("<120", ">160"),
    "Potassium": ("<3", ">6.1"),
    "Carbon dioxide": ("<10", ">40"),
    "Glucose": ("<55", ">450"),
    "Calcium": ("<6", ">13"),
    "Ionized calcium": ("<=0.78", ">=1.58"),
    "Magnesium": ("<1", ">9"),
    "Phosphate": ("<1", ">9"),
    "Total bilirubin": (">15",),
    "Lactate": (">=5",),
    "Hemoglobin": ("<=7", ">21"),
    "Hematocrit": ("<=21", ">=65"),
    "White blood cells": ("<=2", ">=40"),
    "Platelets": ("<=20", ">=1000"),
    "INR": (">=5",),
    "aPTT": (">=85",),
    "Fibrinogen": ("<100",),
    "Troponin I": (">=0.3",),
    "Arterial pH": ("<=7.25", ">=7.6"),
    "Arterial pCO2": ("<=20", ">=60"),
    "Arterial pO2": ("<=40",),
}
NEWBORN = {"Glucose": ("<46", ">200"), "Hemoglobin": ("<=12", ">=22"), "Hematocrit": ("<=35", ">=65")}


def test_there_are_more_than_forty_analytes_and_every_panel_of_the_issue():
    assert Analyte.objects.count() > 40
    assert {"BMP", "CMP", "CBC", "Lipid panel", "Coagulation", "Thyroid", "Liver panel", "HbA1c", "Blood gas"} <= set(
        Panel.objects.values_list("name", flat=True)
    )
    assert not Panel.objects.filter(items=None).exists()


def test_every_analyte_is_found_by_its_name_and_by_another():
    names = {}
    for row in AnalyteName.objects.select_related("analyte"):
        names.setdefault(row.analyte.name, set()).add(row.folded)
    for analyte in Analyte.objects.all():
        assert folded(analyte.name) in names[analyte.name]
        assert len(names[analyte.name]) > 1


def test_every_number_has_limits_and_every_coded_answer_a_meaning():
    assert not Analyte.objects.filter(kind="numeric", bands=None).exists()
    assert not Analyte.objects.filter(kind="coded", coded_values=None).exists()
    assert not Analyte.objects.filter(kind="coded").exclude(bands=None).exists()


def test_every_loinc_code_has_its_check_digit():
    codes = [*Analyte.objects.values_list("loinc", flat=True), *Panel.objects.values_list("loinc", flat=True)]
    assert len(list(filter(None, codes))) > 60
    for code in filter(None, codes):
        loinc_code(code)


@pytest.mark.parametrize(
    "code", ["2823-4", "2832-3", "28233", "2823-", "-3", "", "x", "2823-3\n", "12345678-9", "٢٨٢٣-3"]
)
def test_a_slip_in_a_loinc_code_is_refused(code):
    with pytest.raises(ValidationError):
        loinc_code(code)


def test_every_band_is_labelled_as_an_example_that_nobody_has_approved():
    for band in LimitBand.objects.all():
        assert band.source.startswith("Example; a laboratory director must approve; ")
        assert ("usual: common example" in band.source) == bool(band.usual)
        assert ("critical: ARUP 2024" in band.source) == bool(band.critical)
        assert (band.version, band.approved_at, band.effective_until) == (1, None, None)


def test_the_critical_limits_are_those_cited_with_their_own_operators():
    found: dict[str, set[str]] = {}
    for band in LimitBand.objects.select_related("analyte"):
        if band.critical and not (band.analyte.name in NEWBORN and (band.age_until_days or 99) < 32):
            found.setdefault(band.analyte.name, set()).add(band.critical)
    assert found == {name: {" or ".join(bounds)} for name, bounds in ARUP.items()}


@pytest.mark.parametrize("name", NEWBORN)
def test_newborns_have_the_critical_limits_that_are_cited_for_them(name):
    band = LimitBand.objects.get(analyte__name=name, age_from_days=0)
    assert band.critical == " or ".join(NEWBORN[name])
    assert band.ages == ("under 31 days" if name == "Glucose" else "under 7 days")


def test_the_documentation_has_every_limit_as_it_is():
    told = (ROOT / "docs" / "laboratory.md").read_text()
    for band in LimitBand.objects.select_related("analyte"):
        whom = {"any": "", "female": "women, ", "male": "men, "}[band.sex] + band.ages
        start = f"| {band.analyte.name} | {band.analyte.loinc} | "
        (line,) = [line for line in told.splitlines() if line.startswith(start) and f"| {whom} |" in line]
        assert (f"| {band.usual}" in line, line.endswith(f"| {band.critical} |".replace("|  |", "| |"))) == (True, True)


def test_units_convert_and_the_catalogues_own_stays_as_it_is():
    for unit in AnalyteUnit.objects.select_related("analyte"):
        unit.full_clean(validate_unique=False, validate_constraints=False)
        assert unit.spelling == unit_key(unit.spelling)
    known = known_under(["Glucose", "Creatinine", "Hemoglobin", "INR"], at=timezone.now())
    assert known["glucose"].units["mmol/L"] == Fraction("18.016")
    assert known["creatinine"].units["umol/L"] == Fraction("113.12") / 10000
    assert known["hemoglobin"].units["g/L"] == Fraction(1, 10)
    assert known["inr"].units["{INR}"] == 1


def test_a_name_leads_to_one_analyte_only():
    hemoglobin = Analyte.objects.get(name="Hemoglobin")
    taken = AnalyteName(analyte=hemoglobin, name="POTASSIUM")
    with pytest.raises(ValidationError, match="This is a name of Potassium already"):
        taken.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        taken.save()


def test_an_analyte_that_is_renamed_is_found_under_both_names():
    analyte = Analyte.objects.get(name="Hemoglobin")
    analyte.name = "Haemoglobin in blood"
    analyte.full_clean()
    analyte.save()
    found = known_under(["Hemoglobin", "haemoglobin IN blood"], at=timezone.now())
    assert {known.loinc for known in found.values()} == {"718-7"}


@pytest.mark.parametrize("change", [{"unit": "mmol/L"}, {"kind": "coded", "unit": ""}])
def test_an_analyte_with_limits_keeps_its_unit_and_its_kind(change):
    analyte = Analyte.objects.get(name="Glucose")
    for name, value in change.items():
        setattr(analyte, name, value)
    with pytest.raises(ValidationError, match="it stays"):
        analyte.full_clean()


def test_the_catalogues_own_unit_is_never_converted():
    glucose = Analyte.objects.get(name="Glucose")
    wrong = AnalyteUnit(analyte=glucose, spelling="mg / dL", times=Decimal(18), source="x")
    with pytest.raises(ValidationError, match="own unit"):
        wrong.full_clean()
    wrong.save()
    found = judge(read_values({"Glucose": "90 mg/dL"}), patient_sex="male", born=None, at=timezone.now())
    assert found["Glucose"].canonical == "90"


@pytest.mark.parametrize(
    "model, change",
    [
        (Analyte, {"name": ""}),
        (Analyte, {"loinc": ""}),
        (Analyte, {"kind": "x"}),
        (Analyte, {"category": "x"}),
        (AnalyteName, {"folded": ""}),
        (AnalyteUnit, {"times": 0}),
        (AnalyteUnit, {"divided_by": -1}),
        (AnalyteUnit, {"spelling": ""}),
        (CodedValue, {"flag": "HH"}),
        (CodedValue, {"folded": ""}),
    ],
)
def test_the_database_knows_the_rules_too(model, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(**change)


def test_twenty_values_cost_as_many_queries_as_one(django_assert_num_queries):
    names = list(Analyte.objects.values_list("name", flat=True)[:20])
    for some in (names[:1], names):
        values = read_values(dict.fromkeys(some, "5"))
        judge(values, patient_sex="female", born=None, at=timezone.now())
        with django_assert_num_queries(1):
            judge(values, patient_sex="female", born=None, at=timezone.now())


def test_what_is_in_force_is_a_question_of_the_moment():
    before_the_catalogue = timezone.now() - timedelta(days=365 * 30)
    found = judge(read_values({"Potassium": "7.1"}), patient_sex="male", born=None, at=before_the_catalogue)
    assert (found["Potassium"].flag, found["Potassium"].why) == (None, "The catalogue has no limits for this analyte.")


# --- ages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, days",
    [("0", 0), ("31", 31), ("7 days", 7), ("1 day", 1), ("2 W", 14), ("6 months", 182), ("1 year", 365), ("18y", 6574)],
)
def test_ages_are_written_as_people_say_them(text, days):
    assert days_of(text) == days


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5 years", "18 yards", "200 years", "99999", "999999"])
def test_what_is_no_age_is_refused(text):
    with pytest.raises(NoAge):
        days_of(text)


@pytest.mark.parametrize("days", [0, 1, 7, 31, 364, 365, 366, 730, 4383, 6573, 6574])
def test_an_age_that_is_shown_can_be_typed(days):
    assert days_of(age_text(days)) == days


@pytest.mark.parametrize(
    "ages, text",
    [
        ((0, None), "all ages"),
        ((0, 7), "under 7 days"),
        ((6574, None), "18 years and older"),
        ((365, 4383), "1 year to under 12 years"),
    ],
)
def test_a_span_of_ages_is_read_in_words(ages, text):
    assert span_text(*ages) == text
