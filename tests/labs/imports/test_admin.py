"""A file in the administration: uploaded, looked at, recorded by the worker, reported row by row."""

import csv
import re
from datetime import date
from html import unescape
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Patient
from labs.imports.forms import MOST_MEGABYTES
from labs.imports.run import go_through
from labs.models import CsvImport, LabResult
from tests.labs.imports.files import content, row, taken

pytestmark = pytest.mark.django_db
IMPORTS = "/admin/labs/csvimport/"


@pytest.fixture
def admin(cast, signed_in):
    return signed_in(cast.admin)


def text_of(answer):
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return " ".join(text.split())


def upload(admin, cast, data, **said):
    data = data if isinstance(data, bytes) else content(*data)
    asked = {"file": SimpleUploadedFile("results.csv", data), "sender": str(cast.laboratory.pk), **said}
    return admin.post(f"{IMPORTS}add/", asked, follow=True)


def test_an_upload_shows_what_would_be_recorded_and_records_nothing(cast, admin):
    lines = [row(cast, value="7.1"), row(cast, name="Foo", value="1"), row(cast, "m-2", patient="40-9999")]
    page = text_of(upload(admin, cast, lines))
    assert "1 result would be recorded , of 1 patient and 1 doctor" in page
    assert "1 cannot be recorded" in page
    assert "Columns: message_id, patient, birth_date" in page
    assert f"Bob Wilson, {cast.bob.display_id}, born 3 May 1961 Dr. Jane Smith BMP" in page
    assert "Potassium 7.1 mmol/L: Critical high" in page
    assert "Foo 1 mmol/L: Not classified. The catalogue does not know an analyte of this name." in page
    assert "Line 4, patient: There is no patient of this record number or id here." in page
    assert not LabResult.objects.exists()


def test_an_administrator_who_is_the_patient_reads_no_value_of_theirs_in_it(cast, admin):
    Patient.objects.create(user=cast.admin, date_of_birth=date(1980, 1, 1))
    own = {"patient": cast.admin.patient.display_id, "birth_date": "1980-01-01"}
    page = text_of(upload(admin, cast, [row(cast, value="7.1", **own), row(cast, "m-2", value="4.7")]))
    assert "Your own: you see it among your results." in page
    assert "Potassium 4.7 mmol/L" in page
    assert "7.1 mmol/L" not in page


def test_the_rows_can_be_narrowed_to_those_that_are_refused(cast, admin):
    run = taken(cast, [row(cast), row(cast, "m-2", test="")])
    page = text_of(admin.get(f"{run.get_absolute_url()}?show=refused"))
    assert "Line 3, test: This is missing." in page
    assert "Potassium 4.1 mmol/L: In range" not in page


def test_starting_hands_it_to_the_worker_and_the_page_says_how_far_it_is(cast, admin, no_jobs, outbox):
    run = taken(cast, [row(cast, f"m-{number}") for number in range(4)])
    page = text_of(admin.post(run.get_absolute_url(), {"start": "x"}, follow=True))
    assert ProcrastinateJob.objects.get().args == {"import_id": str(run.pk)}
    assert "0 of 4 gone through" in page
    assert "Look again" in page
    left = iter([True, False])
    run.refresh_from_db()
    go_through(run, after_each=lambda: next(left))
    assert "2 of 4 gone through: 2 recorded" in text_of(admin.get(run.get_absolute_url()))
    go_through(run)
    done = admin.get(run.get_absolute_url())
    assert "4 of 4 gone through: 4 recorded" in text_of(done)
    assert "Look again" not in text_of(done)
    assert f'href="/lab-results/{LabResult.objects.first().pk}/"' in done.content.decode()
    assert " Done " in text_of(admin.get(IMPORTS))


def test_one_that_stopped_is_handed_to_a_worker_again(cast, admin, no_jobs):
    run = taken(cast, [row(cast)])
    run.start(by=cast.admin, in_worker=False)
    admin.post(run.get_absolute_url(), {"go_on": "x"})
    assert ProcrastinateJob.objects.count() == 1


def test_a_second_press_of_a_button_is_told_why_not(cast, admin, no_jobs):
    run = taken(cast, [row(cast)])
    for step, says in [("start", "The worker records"), ("start", "is running already"), ("discard", "not started")]:
        assert says in text_of(admin.post(run.get_absolute_url(), {step: "x"}, follow=True))
    assert ProcrastinateJob.objects.count() == 1
    assert admin.post(run.get_absolute_url(), {"finish": "x"}).status_code == 302


def test_a_discarded_file_is_gone(cast, admin):
    run = taken(cast, [row(cast)])
    page = text_of(admin.post(run.get_absolute_url(), {"discard": "x"}, follow=True))
    assert "Nothing of it was recorded" in page
    assert not run.items.exists()


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "Line 1 of this file is empty"),
        (b"a,b\n1,2\n", "It lacks: message_id"),
        (content().decode().encode("utf-16"), "UTF-16"),
        (b"x" * (MOST_MEGABYTES * 1024 * 1024 + 1), "has over 10 MB"),
    ],
    ids=["empty", "another table", "UTF-16", "too large"],
)
def test_a_file_that_is_none_is_an_error_of_the_form(cast, admin, data, says):
    answer = upload(admin, cast, data)
    assert answer.status_code == 200
    assert says in text_of(answer)
    assert not CsvImport.objects.exists()


def test_a_form_without_a_file_or_a_laboratory_says_what_is_missing(cast, admin):
    page = text_of(admin.post(f"{IMPORTS}add/", {"sender": str(cast.admin.pk)}))
    assert "This field is required." in page
    assert "Select a valid choice" in page
    assert "There is no laboratory's account yet" in page


def test_names_of_files_that_no_database_could_keep_are_kept(cast, admin):
    asked = {"file": SimpleUploadedFile("=a\x00b\ud800.csv" + "x" * 300, content(row(cast)))}
    admin.post(f"{IMPORTS}add/", {**asked, "sender": str(cast.laboratory.pk)})
    assert len(CsvImport.objects.get().file_name) <= 200


def test_markup_in_a_file_is_text(cast, admin):
    page = upload(admin, cast, [row(cast, name="<script>alert(1)</script>", test="<b>x")]).content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_the_report_has_a_row_for_each_result_and_for_each_problem(cast, admin, outbox):
    run = taken(cast, [row(cast), row(cast, "=1+1", test="", name="")])
    run.start(by=cast.admin, in_worker=False)
    go_through(run)
    answer = admin.get(f"{IMPORTS}{run.pk}/report.csv")
    assert answer["Content-Type"].startswith("text/csv")
    recorded, *refused = csv.DictReader(StringIO(answer.content.decode()))
    assert (recorded["message_id"], recorded["outcome"]) == ("m-1", "Recorded")
    assert recorded["result_id"] == str(LabResult.objects.get().pk)
    assert [(line["line"], line["field"]) for line in refused] == [("3", "test"), ("3", "name")]
    assert {line["message_id"] for line in refused} == {"'=1+1"}


def test_the_page_asks_as_much_for_many_rows_as_for_few(cast, admin):
    few, many = taken(cast, [row(cast)]), taken(cast, [row(cast, f"m-{number}") for number in range(30)])
    counts = []
    for run in (few, many):
        with CaptureQueriesContext(connection) as counting:
            admin.get(run.get_absolute_url())
        counts.append(len(counting))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("stranger", ["charlie", "smith", "laboratory"])
def test_the_stranger_sees_and_does_nothing(cast, signed_in, stranger, no_jobs):
    run, client = taken(cast, [row(cast)]), signed_in(getattr(cast, stranger))
    for url in (IMPORTS, f"{IMPORTS}add/", run.get_absolute_url(), f"{IMPORTS}{run.pk}/report.csv"):
        assert client.get(url).status_code in (302, 403)
        assert client.post(url, {"start": "x"}).status_code in (302, 403, 405)
    assert CsvImport.objects.get().state == "preview"


@pytest.mark.parametrize("name", ["x", "00000000-0000-4000-8000-000000000000"])
def test_an_import_that_is_not_there_is_404(admin, name):
    assert admin.get(f"{IMPORTS}{name}/change/").status_code == 404
