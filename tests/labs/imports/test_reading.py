"""A file is read line by line: what is wrong with one is said of that line and field, and spoils no other."""

import re
import uuid
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Patient, User
from healthhub.demo_seed import seed
from labs.models import CsvImport
from tests.labs.imports.files import HEAD, content, problems_of, row, states_of, taken
from tests.labs.making import ordered
from tests.server import ROOT

pytestmark = pytest.mark.django_db


def test_the_lines_of_one_message_are_one_result(cast):
    run = taken(cast, [row(cast), row(cast, name="Sodium", value="138"), row(cast, "m-2")])
    first, second = run.items.all()
    assert (first.first_line, first.last_line, second.first_line) == (2, 3, 4)
    assert first.message().result_data == {
        "Potassium": {"value": "4.1", "unit": "mmol/L"},
        "Sodium": {"value": "138", "unit": "mmol/L"},
    }
    assert (run.lines, run.tally.ready) == (3, 2)


def test_everything_the_api_takes_is_taken(cast):
    order = ordered(cast, patient=cast.bob)
    said = {"low": "3.5", "high": "5.1", "flag": "H", "critical": "true", "status": "preliminary"}
    run = taken(cast, [row(cast, value="<10", order=str(order.pk), **said)])
    message = run.items.get().message()
    assert message.result_data["Potassium"] == {
        "value": "<10", "unit": "mmol/L", "low": "3.5", "high": "5.1", "flag": "H",
    }  # fmt: skip
    assert (message.critical, message.status, message.order_id) == (True, "preliminary", order.pk)


def test_people_are_found_by_id_too(cast):
    run = taken(cast, [row(cast, patient=str(cast.bob.pk), birth_date="", doctor=str(cast.smith.pk))])
    item = run.items.get()
    assert (item.patient, item.doctor, item.state) == (cast.bob, cast.smith, "ready")


@pytest.mark.parametrize(
    "cells, field",
    [
        ({"patient": "40-9999"}, "patient"),
        ({"patient": "Bob"}, "patient"),
        ({"patient": ""}, "patient"),
        ({"patient": str(uuid.uuid4())}, "patient"),
        ({"patient": "9" * 60}, "patient"),
        ({"birth_date": "1961-05-04"}, "birth_date"),
        ({"birth_date": "31.02.1961"}, "birth_date"),
        ({"birth_date": "1961-02-31"}, "birth_date"),
        ({"birth_date": ""}, "birth_date"),
        ({"doctor": "L-9999"}, "doctor"),
        ({"doctor": ""}, "doctor"),
        ({"test": ""}, "test"),
        ({"test": "x" * 101}, "test"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"value": ""}, "value"),
        ({"value": "x" * 101}, "value"),
        ({"value": "x" * 201}, "value"),
        ({"unit": "x" * 41}, "unit"),
        ({"low": "5.1", "high": "3.5"}, "low"),
        ({"flag": "high"}, "flag"),
        ({"critical": "perhaps"}, "critical"),
        ({"status": "corrected"}, "status"),
        ({"order": "17"}, "order"),
        ({"order": str(uuid.uuid4())}, "order"),
        ({"message_id": ""}, "message_id"),
        ({"message_id": "a b"}, "message_id"),
        ({"message_id": "x" * 201}, "message_id"),
        ({"value": "4\x001"}, "value"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_field_and_stops_no_other(cast, cells, field):
    run = taken(cast, [row(cast, "before"), row(cast, **cells), row(cast, "after")])
    assert problems_of(run) == [(3, field)]
    assert [item.message_id for item in run.items.filter(state="ready")] == ["before", "after"]


@pytest.mark.parametrize(
    "line, field",
    [
        ("m-1,{rest},one,too,many,cells", "line"),
        ("m-1,40-0001", "line"),
        ('m-1,"never closed,{rest}', "line"),
        ('m-1,"closed"too early,{rest}', "line"),
        ("m-1,{rest}" + "x" * 20_000, "order"),
    ],
)
def test_a_line_that_is_no_row_is_named_and_stops_no_other(cast, line, field):
    rest = row(cast).partition(",")[2]
    run = taken(cast, [row(cast, "before"), line.format(rest=rest), row(cast, "after")])
    assert problems_of(run)[0] == (3, field)
    assert [item.message_id for item in run.items.filter(state="ready")] == ["before", "after"]
    assert run.items.get(state="refused").message_id == "m-1"


def test_a_line_in_another_encoding_is_named_and_stops_no_other(cast):
    lines = [HEAD, row(cast, "before"), row(cast, name="Hämoglobin"), row(cast, "after"), ""]
    run = taken(cast, "\n".join(lines).encode("latin-1"))
    assert problems_of(run) == [(3, "name")]
    assert "UTF-8" in run.items.get(state="refused").problems[0]["text"]
    assert run.tally.ready == 2


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="BOM"),
        pytest.param(lambda text: text.replace(b",", b";"), id="semicolons"),
        pytest.param(lambda text: text.replace(b",", b"\t"), id="tabs"),
        pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda text: text.rstrip(b"\n"), id="no last line end"),
        pytest.param(lambda text: text.replace(b"message_id", b"Message ID"), id="capitals"),
        pytest.param(lambda text: text.replace(b"order\n", b"order,,,\n").replace(b",\n", b",,,,\n"), id="empty ends"),
        pytest.param(lambda text: text.replace(b"\n", b"\n\n,,,\n"), id="empty lines"),
        pytest.param(lambda text: text.replace(b"mmol/L", b'"mmol/L"'), id="quotes"),
    ],
)
def test_what_spreadsheets_make_of_a_file_is_understood(cast, data):
    run = taken(cast, data(content(row(cast), row(cast, name="Sodium", value="138"))))
    assert problems_of(run) == []
    assert len(run.items.get().rows) == 2


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD.encode(), "nothing below"),
        ((HEAD + "\n\n,,\n").encode(), "nothing below"),
        (HEAD.encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02PK\x03\x04", "must name the columns"),
        (b"a,b,c\n1,2,3", "It lacks: message_id"),
        ((HEAD + ",comment\n").encode(), "Not known here, in line 1: comment"),
        ((HEAD + ",unit\n").encode(), "twice: unit"),
        (b"x" * 100_000, "must name the columns"),
    ],
)
def test_a_file_that_is_no_table_of_results_is_refused_as_a_whole(cast, data, says):
    with pytest.raises(ValidationError) as refusal:
        taken(cast, data)
    assert says in " ".join(refusal.value.message_dict["file"])


def test_one_bad_line_refuses_its_whole_result_and_no_other(cast):
    """A result without one of its values would look complete."""
    run = taken(cast, [row(cast), row(cast, name="Sodium", value=""), row(cast, "m-2")])
    assert problems_of(run) == [(3, "value")]
    assert states_of(run) == {"m-1": "refused", "m-2": "ready"}


@pytest.mark.parametrize("column, other", [("test", "CMP"), ("critical", "true"), ("doctor", "L-1002")])
def test_lines_of_one_message_that_contradict_each_other_are_refused(cast, column, other):
    run = taken(cast, [row(cast), row(cast, name="Sodium", **{column: other})])
    assert problems_of(run) == [(3, column)]


def test_a_name_twice_in_one_result_is_refused(cast):
    assert problems_of(taken(cast, [row(cast), row(cast, value="7.1")])) == [(3, "name")]


def test_lines_of_one_message_that_do_not_stand_together_are_all_refused(cast):
    run = taken(cast, [row(cast), row(cast, "m-2"), row(cast, name="Sodium")])
    assert problems_of(run) == [(2, "message_id"), (4, "message_id")]
    assert states_of(run)["m-2"] == "ready"


def test_that_is_seen_however_far_they_are_apart(cast, monkeypatch):
    monkeypatch.setattr("labs.imports.staging.AT_ONCE", 2)
    lines = [row(cast), *(row(cast, f"n-{number}") for number in range(5)), row(cast, name="Sodium")]
    assert problems_of(taken(cast, lines)) == [(2, "message_id"), (8, "message_id")]


def test_a_result_of_too_many_values_is_refused_and_not_kept_whole(cast):
    run = taken(cast, [*(row(cast, name=f"Value {number}") for number in range(150)), row(cast, "m-2")])
    assert problems_of(run) == [(102, "line")]
    assert (len(run.items.first().rows), run.lines, run.tally.ready) == (100, 151, 1)


def test_a_file_is_read_with_queries_for_many_results_at_once(cast, django_assert_max_num_queries):
    lines = [row(cast, f"m-{number}") for number in range(150)]
    assert cast.laboratory
    assert cast.admin
    with django_assert_max_num_queries(20):
        taken(cast, lines)


def test_the_example_of_the_documentation_is_a_good_file(catalogue):
    assert seed() is True
    lines = (ROOT / "docs/examples/lab-results.csv").read_text()
    for patient in Patient.objects.all():
        lines = re.sub(rf"[\d-]+,{patient.date_of_birth}", f"{patient.display_id},{patient.date_of_birth}", lines)
    sender, by = (User.objects.get(email=f"{name}@example.com") for name in ("lab", "admin"))
    run = CsvImport.take_in(BytesIO(lines.encode()), name="example.csv", sender=sender, by=by)
    assert problems_of(run) == []
    assert run.tally.ready == 3
