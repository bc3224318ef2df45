"""Writers that go on while things die: each notification that was committed is one that its reader must show."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import Error as DatabaseError
from django.db import connection
from psycopg_pool import PoolTimeout

from notifications.dispatch import publish_notification_sync


class Writer:
    """Writes 0, 1, 2, ... to these channels, at moments that the seed has chosen."""

    def __init__(self, channels: Sequence[str], dice: random.Random) -> None:
        self.channels, self.dice = channels, dice
        self.count = 0
        self.slowest = 0.0
        """Seconds that its slowest write took."""
        self.refused = 0
        """What was not written, because the database was away. Its writer knows that, and nobody waits for it."""

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            began = time.perf_counter()
            publish_notification_sync(self.dice.choice(self.channels), {"type": "test", "n": self.count})
            self.slowest = max(self.slowest, time.perf_counter() - began)
            self.count += 1

    def write_for(self, seconds: float, *, every: float = 0.05) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.write()
            time.sleep(self.dice.uniform(0, 2 * every))

    def write_until(self, enough: threading.Event, *, every: float) -> None:
        try:
            while not enough.wait(self.dice.uniform(0, 2 * every)):
                self._try_to_write()
        finally:
            connection.close()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except (DatabaseError, PoolTimeout):
            self.refused += 1
            connection.close()


class Load:
    """What several writers did together."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        self.writers = writers

    @property
    def refused(self) -> int:
        return sum(writer.refused for writer in self.writers)

    @property
    def slowest(self) -> float:
        return max(writer.slowest for writer in self.writers)


@contextmanager
def under_load(
    channels: Sequence[str], dice: random.Random, *, every: float = 0.01, writers: int = 1
) -> Iterator[Load]:
    """While the block runs, each of `writers` writes to one of `channels` each `every` seconds on average."""
    load, enough = Load([Writer(channels, random.Random(dice.random())) for _ in range(writers)]), threading.Event()
    with ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(writer.write_until, enough, every=every) for writer in load.writers]
        try:
            yield load
        finally:
            enough.set()
        for done in writing:
            done.result(60)
