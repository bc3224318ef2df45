"""manage.py import_lab_results: the same import, from a shell."""

import pytest
from django.core.management import CommandError, call_command

from labs.models import CsvImport, LabResult
from tests.labs.imports.files import content, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_file(cast, tmp_path):
    """`a_file(lines)` is its path."""
    assert cast.laboratory
    assert cast.admin

    def write(lines):
        path = tmp_path / "results.csv"
        path.write_bytes(content(*lines))
        return str(path)

    return write


def imported(path, *options):
    call_command("import_lab_results", path, "--sender=lab@example.com", "--by=admin@example.com", *options)


def test_it_says_what_it_read_what_is_wrong_and_how_far_it_is(cast, a_file, outbox, capsys):
    imported(a_file([row(cast), row(cast, "m-2", patient="40-9999"), row(cast, "m-3")]))
    read, wrong, progress, done = capsys.readouterr().out.splitlines()
    assert read == "3 values of 3 results: 2 to record, 0 on record already, 1 refused."
    assert wrong == "  line 3, patient: There is no patient of this record number or id here."
    assert progress.startswith("2 of 2, ")
    assert done == "2 recorded, 0 on record already, 1 refused."


def test_a_dry_run_records_nothing(cast, a_file, capsys):
    imported(a_file([row(cast)]), "--dry-run")
    assert "1 to record" in capsys.readouterr().out
    assert not LabResult.objects.exists()
    assert CsvImport.objects.get().state == "discarded"


@pytest.mark.parametrize(
    "options, says",
    [
        (["--sender=nobody@example.com", "--by=admin@example.com"], "--sender: there is no account"),
        (["--sender=admin@example.com", "--by=admin@example.com"], "active account of a laboratory"),
        (["--sender=lab@example.com", "--by=lab@example.com"], "by administrators"),
    ],
)
def test_who_cannot_is_one_clear_line(cast, a_file, options, says):
    with pytest.raises(CommandError, match=says):
        call_command("import_lab_results", a_file([row(cast)]), *options)
    assert not LabResult.objects.exists()


def test_a_file_that_is_none_is_one_clear_line(cast, a_file, tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match=str(path)):
            imported(str(path))
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(CommandError, match="empty"):
        imported(str(empty))


def test_an_interrupted_import_goes_on_with_the_same_file(cast, a_file, outbox, monkeypatch):
    path = a_file([row(cast, f"m-{number}") for number in range(4)])

    def interrupt(progress):
        progress.done += 1
        if progress.done == 2:
            raise KeyboardInterrupt
        return True

    with monkeypatch.context() as pressing, pytest.raises(CommandError, match="Interrupted after 2 of 4"):
        pressing.setattr("labs.management.commands.import_lab_results.Progress.one_more", interrupt)
        imported(path)
    imported(path)
    assert LabResult.objects.count() == 4
