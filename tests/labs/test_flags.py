"""What the API answers of each value: its class or why there is none; and what follows for the whole result."""

import re

import pytest

from labs.models import LabResult
from notifications.models import Alert
from tests.labs.making import recorded
from tests.server import ROOT

pytestmark = pytest.mark.django_db
URL = "/api/v1/lab-results"


def sent(api, cast, result_data, **more):
    body = {
        "patient_id": str(cast.bob.pk),
        "doctor_id": str(cast.smith.pk),
        "test_type": "BMP",
        "result_data": result_data,
        **more,
    }
    return api(cast.laboratory).post(URL, body)


def answered(api, cast, result_data, **more):
    answer = sent(api, cast, result_data, **more)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def flags(body):
    return {name: parts["flag"] for name, parts in body["result_data"].items()}


def test_every_value_has_a_flag_or_null_with_why(cast, api):
    body = answered(
        api,
        cast,
        {
            "WBC": "7.5",
            "Hematocrit": "52%",
            "Potassium": {"value": 7.1, "unit": "mmol/L"},
            "Glucose": 0,
            "Sodium": "see note",
            "Unobtainium": "1",
            "Blood culture": "Positive",
        },
    )
    assert flags(body) == {
        "WBC": "N",
        "Hematocrit": None,
        "Potassium": "HH",
        "Glucose": "LL",
        "Sodium": None,
        "Unobtainium": None,
        "Blood culture": "AA",
    }
    why = {name: parts["why"] for name, parts in body["result_data"].items() if "why" in parts}
    assert why == {
        "Hematocrit": "The patient's sex or age is not known, and the limits that could apply do not agree.",
        "Sodium": "The value is not a plain number.",
        "Unobtainium": "The catalogue does not know an analyte of this name.",
    }


def test_a_value_is_answered_with_all_that_was_sent_and_found(cast, api):
    value = {"value": "5.40", "unit": "mmol/L", "low": "3.9", "high": "5.5", "flag": "H"}
    body = answered(api, cast, {"Glucose": value})
    found = body["result_data"]["Glucose"]
    source = found["reference"].pop("source")
    assert "ARUP 2024" in source
    assert found == {
        "value": "5.40",
        "unit": "mmol/L",
        "low": "3.9",
        "high": "5.5",
        "flag": "H",
        "why": "By the catalogue it is normal. Its sender flagged it H.",
        "reference": {
            "low": {"value": "3.885", "operator": "<"},
            "high": {"value": "5.495", "operator": ">"},
            "critical_low": {"value": "3.053", "operator": "<"},
            "critical_high": {"value": "24.98", "operator": ">"},
            "unit": "mmol/L",
            "version": 1,
            "approved": False,
        },
        "canonical": {"value": "97.2864", "unit": "mg/dL"},
        "sent_flag": "H",
        "reasons": ["Its sender flagged it H."],
    }


@pytest.mark.parametrize(
    "result_data, more, critical, abnormal",
    [
        ({"Potassium": "4.1"}, {}, False, False),
        ({"Potassium": "5.5"}, {}, False, True),
        ({"Potassium": "7.1"}, {}, True, True),
        ({"Potassium": "7.1"}, {"critical": False}, True, True),
        ({"Potassium": "4.1"}, {"critical": True}, True, False),
        ({"Potassium": "see note"}, {}, False, False),
        ({"Potassium": "see note"}, {"critical": True}, True, False),
        ({"Potassium": {"value": "4.1", "unit": "mmol/L", "flag": "HH"}}, {}, True, True),
        ({"Potassium": {"value": "7.1", "unit": "mmol/L", "flag": "N", "low": "1", "high": "9"}}, {}, True, True),
        ({"Unobtainium": {"value": "1", "flag": "AA"}}, {}, True, True),
    ],
)
def test_critical_is_computed_and_the_senders_word_only_raises_it(cast, api, result_data, more, critical, abnormal):
    body = answered(api, cast, result_data, **more)
    assert (body["critical"], body["abnormal"]) == (critical, abnormal)
    assert Alert.objects.exists() is critical
    result = LabResult.objects.get()
    assert result.sent_critical is more.get("critical", False)
    assert bool(result.critical_reasons) is critical


def test_each_ground_of_a_critical_result_is_a_reason(cast):
    result = recorded(cast, critical=True, result_data={"Potassium": "7.1", "Glucose": "0"})
    assert result.critical_reasons == [
        "Potassium 7.1 mmol/L is critical high.",
        "Glucose 0 mg/dL is critical low.",
        "Its sender called it critical.",
    ]


def test_what_was_recorded_before_the_catalogue_says_so_and_is_not_normal(cast, api):
    result = recorded(cast, result_data={"Potassium": "4.1"})
    old = [{"name": "Potassium", "value": "4.1", "unit": None, "low": None, "high": None}]
    LabResult.objects.filter(pk=result.pk).update(entries=old, all_normal=False)
    parts = api(cast.smith).get(f"{URL}/{result.pk}").json()["result_data"]["Potassium"]
    assert (parts["flag"], parts["why"]) == (None, "Recorded before results were classified.")
    assert (parts["reference"], parts["canonical"], parts["sent_flag"], parts["reasons"]) == (None, None, None, [])


def test_a_decimal_comma_is_the_senders_to_declare_and_is_kept(cast, api):
    found = answered(api, cast, {"Potassium": "7,1"})["result_data"]["Potassium"]
    assert (found["flag"], found["why"]) == (
        None,
        "There is a comma in the number: it can be a decimal sign or not.",
    )
    body = answered(api, cast, {"Potassium": "7,1", "Sodium": 140.5}, decimal_comma=True)
    assert flags(body) == {"Potassium": "HH", "Sodium": "N"}
    found = body["result_data"]["Potassium"]
    assert (found["value"], found["decimal_comma"]) == ("7,1", True)
    assert found["canonical"] == {"value": "7.1", "unit": "mmol/L"}


def test_a_correction_declares_its_decimal_comma_too(cast, api):
    result = answered(api, cast, {"Potassium": "7,1"}, decimal_comma=True)
    body = {"reason": "Hemolyzed", "result_data": {"Potassium": "4,1"}, "decimal_comma": True}
    answer = api(cast.laboratory).post(f"{URL}/{result['id']}/correct", body)
    assert flags(answer.json()) == {"Potassium": "N"}


@pytest.mark.parametrize("comma", ["yes", 1, None, "true"])
def test_a_decimal_comma_is_true_or_false(cast, api, comma):
    answer = sent(api, cast, {"Potassium": "7,1"}, decimal_comma=comma)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["decimal_comma"])


@pytest.mark.parametrize(
    "value",
    [{"value": "4", "low": "5,1", "high": "3,5"}, {"value": "4", "flag": "high"}, {"value": "4", "flag": ["H"]}],
)
def test_a_range_that_ends_before_it_begins_and_a_flag_that_is_none_are_400(cast, api, value):
    answer = sent(api, cast, {"Potassium": value}, decimal_comma=True)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["result_data"])


def test_who_corrects_on_the_page_finds_what_was_meant(cast, signed_in):
    result = recorded(cast, patient=cast.bob, result_data={"Potassium": "7.1", "Hematocrit": "42%"})
    page = signed_in(cast.admin).get(f"/lab-results/{result.pk}/correct/").content.decode()
    assert re.search(r'name="form-0-unit"[^>]*value="mmol/L"|value="mmol/L"[^>]*name="form-0-unit"', page)
    assert re.search(r'value="42%"', page)


def test_no_template_and_no_script_compares_a_value_with_a_bound():
    """They show what the server found, once: two places that compare can disagree at the bound itself."""
    compared = re.compile(r"{%-?\s*(if|elif)\b[^%]*[<>]|parseFloat|valueAsNumber")
    files = [*(ROOT / "templates" / "labs").rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    assert {path.name: match[0] for path in files if (match := compared.search(path.read_text()))} == {}
