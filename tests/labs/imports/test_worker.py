"""An import in a real worker, which is killed in the middle of it."""

import pytest

from labs.models import CsvImport, LabResult
from notifications.models import Notification
from tests.faults.reader import wait_for
from tests.labs.imports.files import row, taken
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 100


def test_a_worker_that_is_killed_loses_nothing_and_the_next_one_does_nothing_twice(cast, no_jobs):
    run = taken(cast, [row(cast, f"m-{number}", value="7.1" if number % 10 == 0 else "4.1") for number in range(MANY)])
    with Worker() as worker:
        run.start(by=cast.admin)
        assert wait_for(lambda: run.tally.recorded >= 5, 60)
        worker.kill()
    assert wait_for(lambda: run.tally.recorded == LabResult.objects.count(), 10)
    assert run.tally.ready > 0
    with Worker():
        run.go_on(by=cast.admin)
        assert wait_for(lambda: CsvImport.objects.get(pk=run.pk).state == "done", 90)
    assert (run.tally.recorded, LabResult.objects.count()) == (MANY, MANY)
    assert Notification.objects.filter(type="critical_lab_result").count() == MANY / 10
    assert Notification.objects.filter(type="lab_result_available").count() == MANY
