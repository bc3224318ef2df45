"""Many results in one run: every critical one is told, each costs the same few questions, and memory does not grow."""

import gc
import sys
import tracemalloc
from io import BytesIO
from itertools import pairwise

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from labs.imports import staging
from labs.imports.run import go_through
from labs.models import CsvImport, LabResult
from notifications.models import Alert, Notification
from tests.labs.imports.files import content, row, taken

pytestmark = pytest.mark.django_db
MANY, CRITICAL_EVERY = 300, 10
MOST_QUESTIONS = 30
"""For one that is not critical, savepoints and the row of the import included."""
MOST_GROWTH = 5_000
"""Blocks of memory, while 250 results are recorded: one kept for each value would be more."""


def many(cast):
    values = ("7.1" if number % CRITICAL_EVERY == 0 else "4.1" for number in range(MANY))
    return content(*(row(cast, f"m-{number}", value=value) for number, value in enumerate(values)))


def test_all_are_recorded_each_critical_one_told_and_memory_stays(cast, outbox):
    run = taken(cast, many(cast))
    run.start(by=cast.admin, in_worker=False)
    seen: list[int] = []
    done: list[int] = []

    def look():
        outbox.clear()
        connection.run_on_commit.clear()  # the test's one transaction would keep what a real one hands on at once
        reset_queries()
        done.append(1)
        if len(done) in (50, MANY):
            gc.collect()
            seen.append(sys.getallocatedblocks())
        return True

    assert go_through(run, after_each=look)
    assert run.tally.recorded == MANY
    told = Notification.objects.filter(type="critical_lab_result").values_list("body__result_id", flat=True)
    critical = LabResult.objects.filter(critical=True).values_list("pk", flat=True)
    assert sorted(told) == sorted(map(str, critical))
    assert len(told) == MANY / CRITICAL_EVERY
    assert Alert.objects.get().parts.count() == MANY / CRITICAL_EVERY
    assert seen[1] - seen[0] < MOST_GROWTH


def test_the_last_one_costs_as_many_questions_as_the_first(cast, outbox):
    run = taken(cast, [row(cast, f"m-{number}", name="Sodium", value="138") for number in range(40)])
    run.start(by=cast.admin, in_worker=False)
    counts = []

    def step():
        counts.append(len(capturing))
        return True

    with CaptureQueriesContext(connection) as capturing:
        go_through(run, after_each=step)
    costs = [later - earlier for earlier, later in pairwise(counts)]
    assert set(costs[1:]) == {costs[0]}
    assert costs[0] <= MOST_QUESTIONS


def test_a_file_is_read_in_memory_that_does_not_depend_on_its_length(cast, monkeypatch):
    keep = staging._keep

    def keep_and_tidy(*batch):
        keep(*batch)
        gc.collect()  # what is no longer needed would lie about until there is a quarter more of everything

    monkeypatch.setattr(staging, "AT_ONCE", 20)
    monkeypatch.setattr(staging, "_keep", keep_and_tidy)

    def peak(lines):
        data = BytesIO(content(*(row(cast, f"m-{number}") for number in range(lines))))
        said = {"name": "x.csv", "sender": cast.laboratory, "by": cast.admin}
        tracemalloc.start()
        try:
            CsvImport.take_in(data, **said)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(40)
    assert peak(160) < 1.5 * peak(40)
