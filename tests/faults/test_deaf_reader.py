"""A reader that does not read: it costs the server little, the others nothing, and itself no notification."""

import statistics
import subprocess
import time

import pytest

from notifications.channels import patient_channel
from notifications.dispatch import publish_notification_sync
from tests.faults.deaf_reader import DeafReader
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import scaled
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
MIB = 1024 * 1024
BODY = "x" * 48 * 1024
COUNT = scaled(400, 1200)
OVER_SECONDS = scaled(0, 60)


def memory_of(server: Server) -> int:
    """Resident bytes of the server's process."""
    assert server.process
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(server.process.pid)], capture_output=True, check=True)
    return int(said.stdout) * 1024


def seconds_until_shown(writer_to: str, reader: Reader, number: int) -> float:
    began = time.perf_counter()
    publish_notification_sync(writer_to, {"type": "test", "n": number})
    assert wait_for(lambda: len(reader.shown) > number, 10)
    return time.perf_counter() - began


def test_a_reader_that_does_not_read_is_dropped_and_recovers_and_nobody_else_notices(cast):
    alice, bob = cast.alice, cast.bob
    own, others = patient_channel(alice.pk), patient_channel(bob.pk)
    with Server() as server, Reader(bob, [server.ws]) as reader:
        with DeafReader(alice, server.port) as deaf:
            calm = [seconds_until_shown(others, reader, number) for number in range(40)]
            before, most, busy = memory_of(server), 0, []
            for number in range(COUNT):
                publish_notification_sync(own, {"type": "test", "n": number, "body": BODY})
                if number % 10 == 0:
                    busy.append(seconds_until_shown(others, reader, len(reader.shown)))
                    most = max(most, memory_of(server) - before)
                    time.sleep(OVER_SECONDS * 10 / COUNT)
            assert deaf.was_dropped()
        note = (
            f"server grew {most / MIB:.1f} MiB, others' median {statistics.median(calm) * 1000:.1f} ms before, "
            f"{statistics.median(busy) * 1000:.1f} ms meanwhile, worst {max(busy) * 1000:.1f} ms"
        )
        print(note)
        assert most < 12 * MIB
        assert max(busy) < 1
        with Reader(alice, [server.ws], position={own: 0}) as back:
            everything_was_shown_once(
                f"a reader that does not read for {OVER_SECONDS or 'a few'} s", back, timeout=60, note=note
            )


def test_a_reader_that_answers_no_ping_is_dropped_without_any_traffic(cast):
    with (
        Server(NOTIFICATIONS_PING_SECONDS="1", NOTIFICATIONS_PONG_SECONDS="1") as server,
        DeafReader(cast.alice, server.port) as deaf,
    ):
        assert deaf.was_dropped()
