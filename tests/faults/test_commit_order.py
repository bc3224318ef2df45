"""Two writers whose commits come in the other order than their beginnings, and a reader in between."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from notifications.channels import SYSTEM_ALERTS, doctor_channel, patient_channel
from notifications.dispatch import hold, publish_notification_sync
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import SEED, TIMES
from tests.faults.slow_writer import SlowWriter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def test_who_began_later_and_wants_to_commit_first_waits_and_no_reader_skips_a_number(quick_server, alice):
    """The bug that this is about: 2 commits, a reader asks for what is after 0 and has 2, then 1 commits unseen."""
    own = patient_channel(alice.pk)
    with (
        Reader(alice, [quick_server.ws]) as throughout,
        SlowWriter(1, own) as first,
        SlowWriter(2, own) as second,
    ):
        assert first.has_written()
        assert wait_for(lambda: waiting_for_a_lock() == 1, 10)
        with Reader(alice, [quick_server.ws], {own: 0}) as between:
            assert not between.has([2], timeout=1.5)  # over a heartbeat, and a replay from 0
            assert (throughout.shown, between.shown) == ([], [])
            first.commit()
            assert second.has_written()
            assert throughout.has([1])
            assert between.has([1])
            second.commit()
            assert throughout.has([1, 2])
            assert between.has([1, 2])
            everything_was_shown_once(
                "two processes that write one stream in inverted order, a reader in between", [throughout, between]
            )


def test_across_streams_the_first_to_commit_is_shown_first_and_the_other_is_not_passed_over(quick_server, alice):
    """Here nobody waits: the later one commits first, on a stream of its own."""
    own = patient_channel(alice.pk)
    with (
        Reader(alice, [quick_server.ws]) as throughout,
        SlowWriter(1, own) as first,
        SlowWriter(2, SYSTEM_ALERTS) as second,
    ):
        assert first.has_written()
        assert second.has_written()
        second.commit()
        assert throughout.has([2])
        with Reader(alice, [quick_server.ws], {own: 0, SYSTEM_ALERTS: 0}) as between:
            assert between.has([2])
            first.commit()
            assert throughout.has([2, 1])
            assert between.has([2, 1])
            everything_was_shown_once(
                "two processes that commit in inverted order on two streams, a reader in between", [throughout, between]
            )


def test_a_number_that_was_rolled_back_is_the_next_ones(quick_server, alice):
    own = patient_channel(alice.pk)
    with (
        Reader(alice, [quick_server.ws]) as reader,
        SlowWriter(1, own) as first,
        SlowWriter(2, own) as second,
    ):
        assert first.has_written()
        assert wait_for(lambda: waiting_for_a_lock() == 1, 10)
        first.roll_back()
        assert second.has_written()
        second.commit()
        assert reader.has([2])
        everything_was_shown_once("two processes that write one stream, the first rolled back", reader)


def test_many_writers_on_many_streams_in_opposite_orders(quick_server, cast):
    """Each of eight sessions writes to all streams in one transaction, in an order that the seed has chosen."""
    streams = [patient_channel(cast.alice.pk), patient_channel(cast.bob.pk), doctor_channel("a"), SYSTEM_ALERTS]
    count = 60 * TIMES

    def write(number: int) -> None:
        order = random.Random(SEED + number).sample(streams, len(streams))
        try:
            with transaction.atomic():
                hold(order)
                for channel in order:
                    publish_notification_sync(channel, {"type": "test", "m": number})
        finally:
            connection.close()

    with (
        Reader(cast.alice, [quick_server.ws]) as one,
        Reader(cast.bob, [quick_server.ws]) as two,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(write, range(count)))
        everything_was_shown_once(
            f"eight writers on {len(streams)} streams in random orders, {count} transactions", [one, two]
        )
