"""A relay that is killed with -9 in the middle of a batch leaves nothing behind, and nothing is shown twice for it.

Where a relay is killed is no matter of luck: another session holds a lock that lets it claim and publish its rows, and
stops it before it can mark them. The readers' servers beat their hearts too seldom to help: only a relay does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from notifications.channels import patient_channel
from notifications.models import Notification
from notifications.relay import BATCH
from notifications.writing import write_and_publish
from tests.faults.conftest import server_on
from tests.faults.own_redis import published_to
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import TIMES
from tests.faults.together import together
from tests.server import free_port
from tests.worker import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
SELDOM = {"NOTIFICATIONS_HEARTBEAT_SECONDS": "3600"}
WAITING_TO_MARK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
    'AND query LIKE \'UPDATE "notifications_notification" SET "published_at"%%\''
)


def relays_in_the_middle_of_a_batch() -> int:
    """How many have claimed and published, and cannot mark."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees the first answer again and again
        cursor.execute(WAITING_TO_MARK)
        return int(cursor.fetchone()[0])


@contextmanager
def nothing_can_be_marked() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE notifications_notification IN SHARE MODE")
        yield


def written_by_a_process_without_redis(person, count: int, settings) -> None:
    messages = [(patient_channel(person.pk), {"type": "test", "n": number}, "normal") for number in range(count)]
    with published_to(f"redis://127.0.0.1:{free_port()}", settings):
        for start in range(0, count, 100):
            write_and_publish(messages[start : start + 100], link=None, alert=None)
    assert Notification.objects.filter(published_at=None).count() == count


@pytest.mark.parametrize(("relays", "batches"), [(1, 1), (2, 2)], ids=["one", "two at once"])
def test_relays_killed_in_the_middle_of_their_batches_lose_nothing(cast, own_redis, settings, no_jobs, relays, batches):
    count, deaths = BATCH * batches - 100, TIMES if relays == 1 else max(TIMES // 2, 1)
    with server_on(own_redis, **SELDOM) as server, Reader(cast.alice, [server.ws], silence=3600) as reader:
        written_by_a_process_without_redis(cast.alice, count, settings)
        for _ in range(deaths):
            doomed = (Worker(REDIS_URL=own_redis.url) for _ in range(relays))
            with nothing_can_be_marked(), together(*doomed) as workers:
                assert wait_for(lambda: relays_in_the_middle_of_a_batch() == relays, 30)
                for worker in workers:
                    worker.kill()
            assert wait_for(lambda: relays_in_the_middle_of_a_batch() == 0, 10)
        assert Notification.objects.filter(published_at=None).count() == count
        with Worker(REDIS_URL=own_redis.url):
            assert wait_for(lambda: not Notification.objects.filter(published_at=None).exists(), 30)
            assert wait_for(lambda: len(reader.arrived) >= count * (deaths + 1), 10)
            everything_was_shown_once(
                f"{relays} relay{'s' * (relays > 1)} killed in the middle of a batch, {deaths} times",
                reader,
                note=f"{len(reader.arrived):,} came over the wire",
            )
