"""PostgreSQL is restarted under load: sockets survive or come back, the logs stay legible, nothing is lost."""

import os
import time

import pytest
from django.db import connection
from django.utils import timezone

from healthhub.embedded import places, postgres
from notifications.channels import SYSTEM_ALERTS, patient_channel
from notifications.models import Alert, AlertStep, WorkerBeat
from tests.faults.asking import Program, asked_all_along
from tests.faults.conftest import QUICK
from tests.faults.load import under_load
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import scaled
from tests.faults.together import together
from tests.notifications.test_acknowledge import critical
from tests.server import Server
from tests.worker import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
AWAY = scaled(2, 30)
"""Seconds."""
MOST_LINES = 60
"""In the worker's log, of one restart."""


@pytest.fixture
def embedded_postgres():
    assert not os.environ.get("DATABASE_URL"), "This test restarts the embedded server."
    yield
    postgres.start(places.servers_folder() / "postgres", places.sockets_folder())


def restart_postgres() -> None:
    connection.close()
    connection.close_pool()
    postgres.stop(places.servers_folder() / "postgres")
    time.sleep(AWAY)
    postgres.start(places.servers_folder() / "postgres", places.sockets_folder())


def the_worker_works_again(cast) -> bool:
    """The relay's sweep has its beat, and an alert that falls due is taken a step further."""
    now = timezone.now()
    Alert.objects.update(deadline=now)
    return wait_for(lambda: WorkerBeat.objects.filter(at__gt=now).exists() and AlertStep.objects.count() > 1, 40)


def tracebacks(said: list[str]) -> int:
    return sum("Traceback" in line for line in said)


def test_postgresql_restarted_under_load_loses_nothing_and_storms_no_log(cast, dice, no_jobs, embedded_postgres):
    channels = [patient_channel(cast.alice.pk), patient_channel(cast.bob.pk), SYSTEM_ALERTS]
    with (
        together(Server(**QUICK), Server(**QUICK), Worker()) as (one, two, worker),
        Reader(cast.alice, [one.ws]) as first,
        Reader(cast.alice, [two.ws]) as second,
        Reader(cast.bob, [two.ws]) as third,
    ):
        readers = [first, second, third]
        with (
            asked_all_along(Program(cast.bob), [one, two]) as answers,
            under_load(channels, dice, every=0.04, writers=4) as load,
        ):
            critical(cast.smith, cast.bob)
            assert wait_for(lambda: WorkerBeat.objects.exists(), 20)
            restart_postgres()
            since = time.monotonic()
            assert the_worker_works_again(cast)
            worked_after = time.monotonic() - since
        for _ in range(5):  # as many new sockets as there may be connections from before
            with Reader(cast.alice, [one.ws]) as newcomer:
                assert newcomer.closes == []
        server_said, unanswered = one.said + two.said, sum(len(reader.errors) for reader in readers)
        everything_was_shown_once(
            f"PostgreSQL restarted under load, away for {AWAY} s",
            readers,
            note=f"{load.refused} writes and {answers[503]} of {answers.total()} requests refused, "
            f"{unanswered} questions of clients not answered, "
            f"{sum(not reader.closes for reader in readers)} of 3 sockets survived, worker works {worked_after:.0f} s "
            f"after; tracebacks: servers {tracebacks(server_said)}, worker {tracebacks(worker.said)}",
        )
        assert answers[500] == 0
        assert tracebacks(server_said) == 0, "".join(server_said)
        assert tracebacks(worker.said) == 0, "".join(worker.said)
        assert len(worker.said) <= MOST_LINES, "".join(worker.said)
