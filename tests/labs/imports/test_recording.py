"""What a file has ready is recorded once, whoever is killed meanwhile, and everybody concerned is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.refusals import IllegalStep, NotAllowed
from labs.imports.run import go_through
from labs.models import CsvImport, CsvImportItem, LabResult
from labs.tasks import run_import
from notifications.models import Alert, Notification
from tests.cast import make_user
from tests.labs.imports.files import problems_of, row, states_of, taken

pytestmark = pytest.mark.django_db


def run(cast, lines, **options):
    """The import of these lines, all gone through."""
    started = taken(cast, lines, **options)
    started.start(by=cast.admin, in_worker=False)
    go_through(started)
    return started


def test_each_result_is_its_laboratorys_and_its_people_are_told(cast, outbox):
    done = run(cast, [row(cast, value="7.1"), row(cast, "m-2")])
    critical, normal = LabResult.objects.order_by("created_at")
    assert (critical.recorded_by, critical.message_id, critical.critical) == (cast.laboratory, "m-1", True)
    assert (normal.patient, normal.doctor, normal.all_normal) == (cast.bob, cast.smith, True)
    assert Alert.objects.get().parts.get().subject_id == critical.pk
    told = Notification.objects.values_list("type", flat=True).order_by("type")
    assert list(told) == ["critical_lab_result", "lab_result_available", "lab_result_available"]
    assert (done.state, done.tally.recorded) == ("done", 2)
    assert {item.message_id: item.result for item in done.items.all()} == {"m-1": critical, "m-2": normal}


def test_nothing_is_recorded_before_it_is_started(cast):
    waiting = taken(cast, [row(cast)])
    run_import.func(import_id=str(waiting.pk))
    assert not LabResult.objects.exists()
    assert waiting.state == "preview"


def test_the_same_file_again_changes_nothing(cast, outbox):
    lines = [row(cast, value="7.1"), row(cast, "m-2")]
    run(cast, lines)
    told = Notification.objects.count()
    again = run(cast, lines)
    assert states_of(again) == {"m-1": "known", "m-2": "known"}
    assert (LabResult.objects.count(), Notification.objects.count()) == (2, told)


def test_the_same_values_under_two_ids_are_two_results(cast, outbox):
    run(cast, [row(cast), row(cast, "m-2")])
    assert LabResult.objects.count() == 2


def test_a_message_that_came_over_the_api_is_known(cast, api, outbox):
    body = {
        "message_id": "m-1", "patient_id": str(cast.bob.pk), "doctor_id": str(cast.smith.pk), "test_type": "BMP",
        "result_data": {"Potassium": {"value": 4.1, "unit": "mmol/L"}},
    }  # fmt: skip
    assert api(cast.laboratory).post("/api/v1/lab-results", body).status_code == 201
    assert states_of(taken(cast, [row(cast)])) == {"m-1": "known"}


def test_another_content_under_a_known_id_is_refused_and_changes_nothing(cast, outbox):
    run(cast, [row(cast)])
    again = run(cast, [row(cast, value="7.1"), row(cast, "m-2")])
    assert problems_of(again) == [(2, "message_id")]
    assert states_of(again)["m-2"] == "recorded"
    assert LabResult.objects.get(message_id="m-1").result_data["Potassium"]["value"] == "4.1"


def test_a_known_message_is_known_after_its_doctor_has_left(cast, outbox):
    run(cast, [row(cast)])
    cast.smith.user.is_active = False
    cast.smith.user.save()
    again = taken(cast, [row(cast), row(cast, "m-2")])
    assert states_of(again) == {"m-1": "known", "m-2": "refused"}
    assert problems_of(again) == [(3, "doctor")]


def test_a_message_id_is_its_laboratorys_own(cast, outbox):
    other = make_user("other-lab@example.com", "Other", "Laboratory", is_laboratory=True)
    run(cast, [row(cast)])
    assert run(cast, [row(cast)], sender=other).tally.recorded == 1


def test_commas_are_points_only_where_it_was_said(cast, outbox):
    run(cast, [row(cast, value='"7,1"')], decimal_comma=True)
    run(cast, [row(cast, "m-2", value='"7,1"')])
    said, unsaid = LabResult.objects.order_by("created_at")
    assert (said.critical, unsaid.critical) == (True, False)
    assert unsaid.result_data["Potassium"]["flag"] is None


def test_what_becomes_impossible_meanwhile_is_refused_and_stops_no_other(cast, outbox):
    started = taken(cast, [row(cast), row(cast, "m-2", doctor=cast.brown.license_number), row(cast, "m-3")])
    cast.brown.user.is_active = False
    cast.brown.user.save()
    started.start(by=cast.admin, in_worker=False)
    assert go_through(started)
    assert problems_of(started) == [(3, "doctor")]
    assert LabResult.objects.count() == 2


def test_what_nobody_foresaw_is_refused_logged_and_stops_no_other(cast, outbox, monkeypatch, caplog):
    record = LabResult.record

    def fail_once(**said):
        if said["message_id"] == "m-2":
            raise ZeroDivisionError
        return record(**said)

    monkeypatch.setattr(LabResult, "record", fail_once)
    done = run(cast, [row(cast), row(cast, "m-2"), row(cast, "m-3")])
    assert problems_of(done) == [(3, "line")]
    assert (done.state, done.tally.recorded) == ("done", 2)
    assert "ZeroDivisionError" in caplog.text


def test_a_database_that_is_gone_refuses_nothing(cast, outbox, monkeypatch):
    started = taken(cast, [row(cast), row(cast, "m-2")])
    started.start(by=cast.admin, in_worker=False)
    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(LabResult, "record", lambda **said: (_ for _ in ()).throw(OperationalError("gone")))
        go_through(started)
    assert states_of(started) == {"m-1": "ready", "m-2": "ready"}
    assert go_through(started)
    assert LabResult.objects.count() == 2


def test_it_goes_on_where_it_was_broken_off(cast, outbox):
    started = taken(cast, [row(cast, f"m-{number}") for number in range(5)])
    started.start(by=cast.admin, in_worker=False)
    left = iter([True, False])
    assert not go_through(started, after_each=lambda: next(left))
    assert (started.state, started.tally.recorded, started.tally.ready) == ("running", 2, 3)
    assert go_through(started)
    assert LabResult.objects.count() == 5


def test_a_job_does_a_part_and_leaves_another_for_the_rest(cast, outbox, no_jobs, monkeypatch):
    monkeypatch.setattr("labs.tasks.SLICE_SECONDS", 0)
    started = taken(cast, [row(cast), row(cast, "m-2")])
    started.start(by=cast.admin)
    for recorded, jobs in ((1, 2), (2, 2)):
        run_import.func(import_id=str(started.pk))
        assert (started.tally.recorded, ProcrastinateJob.objects.count()) == (recorded, jobs)
    started.refresh_from_db()
    assert started.state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_at_work_on_one_file_record_nothing_twice(cast, outbox):
    started = taken(cast, [row(cast, f"m-{number}", value="7.1") for number in range(8)])
    started.start(by=cast.admin, in_worker=False)
    both = Barrier(2)

    def work(_):
        both.wait(10)
        try:
            return go_through(CsvImport.objects.get(pk=started.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [True, True]
    assert (LabResult.objects.count(), started.tally.recorded) == (8, 8)
    assert Notification.objects.filter(type="critical_lab_result").count() == 8


@pytest.mark.django_db(transaction=True)
def test_whoever_dies_while_a_result_is_written_leaves_nothing_of_it(cast, outbox, monkeypatch):
    started = taken(cast, [row(cast), row(cast, "m-2")])
    started.start(by=cast.admin, in_worker=False)

    class Killed(BaseException):
        pass

    with monkeypatch.context() as dying, pytest.raises(Killed):
        dying.setattr(CsvImportItem, "save", lambda *args, **kwargs: (_ for _ in ()).throw(Killed()))
        go_through(started)
    assert not LabResult.objects.exists()
    assert not Notification.objects.exists()
    go_through(started)
    assert LabResult.objects.count() == 2


def test_each_step_is_taken_once(cast):
    started = taken(cast, [row(cast)])
    started.start(by=cast.admin, in_worker=False)
    for step in (started.start, started.discard):
        with pytest.raises(IllegalStep):
            step(by=cast.admin)
    go_through(started)
    with pytest.raises(IllegalStep):
        started.go_on(by=cast.admin)


def test_what_is_discarded_is_forgotten_and_never_recorded(cast):
    thrown = taken(cast, [row(cast)])
    thrown.discard(by=cast.admin)
    assert (thrown.state, thrown.items.count()) == ("discarded", 0)
    with pytest.raises(IllegalStep):
        thrown.start(by=cast.admin)


@pytest.mark.parametrize("stranger", ["charlie", "smith", "laboratory"])
def test_only_administrators_import(cast, stranger):
    user = getattr(getattr(cast, stranger), "user", getattr(cast, stranger))
    with pytest.raises(NotAllowed):
        taken(cast, [row(cast)], by=user)
    waiting = taken(cast, [row(cast)])
    for step in (waiting.start, waiting.discard, waiting.go_on):
        with pytest.raises(NotAllowed):
            step(by=user)


def test_the_sender_is_a_laboratory_that_is_active(cast):
    for sender in (cast.admin, cast.smith.user):
        with pytest.raises(ValidationError, match="laboratory"):
            taken(cast, [row(cast)], sender=sender)
    waiting = taken(cast, [row(cast)])
    cast.laboratory.is_active = False
    cast.laboratory.save()
    waiting = CsvImport.objects.get(pk=waiting.pk)
    with pytest.raises(ValidationError, match="laboratory"):
        waiting.start(by=cast.admin)


@pytest.mark.parametrize(
    "broken",
    [{"state": "recorded"}, {"state": "refused"}, {"patient": None}, {"message_id": ""}, {"problems": [{"line": 1}]}],
)
def test_the_database_itself_keeps_a_report_true(cast, broken):
    taken(cast, [row(cast)])
    with pytest.raises(IntegrityError), transaction.atomic():
        CsvImportItem.objects.update(**broken)
