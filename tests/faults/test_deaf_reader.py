"""A reader that does not read: it costs the server little, the others nothing, and itself no notification."""

import contextlib
import subprocess
import time
from statistics import median

import pytest

from notifications.channels import patient_channel
from notifications.dispatch import publish_notification_sync
from tests.faults.deaf_reader import DeafReader
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import LONG, scaled
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
MIB = 1024 * 1024
BODY = "x" * 48 * 1024
DEAF = 20
"""As many as one person may have on one server."""
BOUND = 2 * MIB
"""For each: 1 MiB may wait (NOTIFICATIONS_MAX_UNSENT_BYTES), beside it what the transport holds before it says that it
is full, the frame in hand, and what Python's allocator does not give back. 40 MiB in all, the worst of one person."""
COUNT = scaled(200, 1200)
OVER_SECONDS = scaled(0, 60)


def memory_of(server: Server) -> int:
    """Resident bytes of the server's process."""
    assert server.process
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(server.process.pid)], capture_output=True, check=True)
    return int(said.stdout) * 1024


class Probe:
    """How long others wait for theirs, and how large the server has grown."""

    def __init__(self, server: Server, reader: Reader, channel: str) -> None:
        self.server, self.reader, self.channel = server, reader, channel
        self.before = memory_of(server)
        self.grown = 0

    def look(self) -> float:
        """Seconds from writing a notification to its being shown."""
        number, began = len(self.reader.shown), time.perf_counter()
        publish_notification_sync(self.channel, {"type": "test", "n": number})
        assert wait_for(lambda: len(self.reader.shown) > number, 10)
        self.grown = max(self.grown, memory_of(self.server) - self.before)
        return time.perf_counter() - began


def test_readers_that_do_not_read_are_dropped_and_recover_and_nobody_else_notices(cast):
    own, others = patient_channel(cast.alice.pk), patient_channel(cast.bob.pk)
    with Server() as server, Reader(cast.bob, [server.ws]) as reader:
        with contextlib.ExitStack() as stack:
            deaf = [stack.enter_context(DeafReader(cast.alice, server.port)) for _ in range(DEAF)]
            probe = Probe(server, reader, others)
            calm, meanwhile = [probe.look() for _ in range(40)], []
            for number in range(COUNT):
                publish_notification_sync(own, {"type": "test", "n": number, "body": BODY})
                if number % 5 == 0:
                    meanwhile.append(probe.look())
                    time.sleep(OVER_SECONDS * 5 / COUNT)
            assert all(one.was_dropped() for one in deaf)
        note = (
            f"server grew by {probe.grown / MIB:.1f} MiB, {probe.grown / DEAF / MIB:.2f} for each; others' median "
            f"{median(calm) * 1000:.0f} ms before, {median(meanwhile) * 1000:.0f} ms meanwhile, "
            f"worst {max(meanwhile) * 1000:.0f} ms"
        )
        with Reader(cast.alice, [server.ws], position={own: 0}) as back:
            seconds = f"{OVER_SECONDS} s" if LONG else "a few seconds"
            fault = f"{DEAF} readers that do not read for {seconds} and come back"
            everything_was_shown_once(fault, [back, reader], timeout=60, note=note)
        assert probe.grown < DEAF * BOUND
        assert max(meanwhile) < 1
        assert median(meanwhile) < 2 * median(calm) + 0.05


def test_a_reader_that_answers_no_ping_is_dropped_without_any_traffic(cast):
    with (
        Server(NOTIFICATIONS_PING_SECONDS="1", NOTIFICATIONS_PONG_SECONDS="1") as server,
        DeafReader(cast.alice, server.port) as deaf,
    ):
        assert deaf.was_dropped()
