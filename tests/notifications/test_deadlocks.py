"""Writers of the same streams in opposite orders: nobody is lost, nothing is twice, and no number is left out."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from notifications import deadlocks
from notifications.channels import doctor_channel, patient_channel
from notifications.dispatch import hold, publish_notification_sync
from notifications.models import Notification
from notifications.writing import write_and_publish
from tests.faults.reader import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ONE, OTHER = doctor_channel("one"), patient_channel("other")
TIMES = 20


def in_threads(*works):
    def closing(work):
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(closing, work) for work in works]:
            done.result(60)


def gapless(count):
    rows = Notification.objects.values_list("stream_id", "seq")
    return sorted(rows) == sorted((channel, seq) for channel in (ONE, OTHER) for seq in range(1, count + 1))


def test_held_streams_are_written_in_opposite_orders_without_a_deadlock(outbox):
    together = threading.Barrier(2)

    def writer(*channels):
        for _ in range(TIMES):
            together.wait(20)
            with transaction.atomic():
                hold(channels)
                for channel in channels:
                    publish_notification_sync(channel, {"type": "test"})

    in_threads(lambda: writer(ONE, OTHER), lambda: writer(OTHER, ONE))
    assert gapless(2 * TIMES)
    assert len(outbox) == 4 * TIMES


def test_a_writer_that_was_ended_to_resolve_a_deadlock_writes_again_as_a_whole(outbox):
    """The other one takes the streams in the wrong order, and would wait for longer: ours is what PostgreSQL ends."""
    taken = threading.Event()
    ours: list[int] = []

    def write_both():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            ours.extend(cursor.fetchone())
        assert taken.wait(20)
        write_and_publish([(channel, {"type": "test"}, "normal") for channel in (ONE, OTHER)], link=None, alert=None)

    def write_in_the_wrong_order():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
            publish_notification_sync(OTHER, {"type": "test"})
            taken.set()
            assert wait_for(lambda: ours and waits_for_a_lock(cursor, ours[0]), 20)
            publish_notification_sync(ONE, {"type": "test"})

    in_threads(write_both, write_in_the_wrong_order)
    assert gapless(2)
    assert len(outbox) == 4


def waits_for_a_lock(cursor, pid):
    cursor.execute("SELECT pg_stat_clear_snapshot()")  # or the whole transaction sees what it saw first
    cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid])
    return cursor.fetchone()[0]


class Deadlock(Exception):
    sqlstate = deadlocks.DEADLOCK


def test_inside_a_callers_transaction_the_caller_hears_of_it(monkeypatch):
    tries = []

    @deadlocks.as_a_whole
    def verb():
        tries.append(1)
        raise OperationalError("deadlock detected") from Deadlock()

    with pytest.raises(OperationalError), transaction.atomic():
        verb()
    assert len(tries) == 1
    with pytest.raises(OperationalError):
        verb()
    assert len(tries) == 1 + deadlocks.TRIES


def test_what_is_no_deadlock_is_not_tried_again():
    tries = []

    @deadlocks.as_a_whole
    def verb():
        tries.append(1)
        raise OperationalError("the connection is lost")

    with pytest.raises(OperationalError):
        verb()
    assert len(tries) == 1


def test_a_channel_that_is_none_cannot_be_held():
    with pytest.raises(ValueError, match="no channel"), transaction.atomic():
        hold(["nobody"])
