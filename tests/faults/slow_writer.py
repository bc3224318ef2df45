"""A writer in a process of its own that stops between its number and its commit, until it is told how to go on.

`python -m tests.faults.slow_writer N CHANNEL...`: says "written", then commits or rolls back as the line it reads says.
"""

import os
import subprocess
import sys
from typing import Self

from tests.server import ROOT


class SlowWriter:
    """`with SlowWriter(number, channel, ...) as writer:`; `writer.has_written()`, then `writer.commit()`."""

    def __init__(self, number: int, *channels: str) -> None:
        self._arguments = [str(number), *channels]

    def __enter__(self) -> Self:
        from django.conf import settings
        from django.db import connection

        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
            "REDIS_URL": settings.REDIS_URL,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, *self._arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._says("begun")
        return self

    def has_written(self) -> bool:
        """Waits for it; it holds its numbers then, and nobody else can see them."""
        return self._says("written")

    def commit(self) -> None:
        self._end("commit")

    def roll_back(self) -> None:
        self._end("roll back")

    def _says(self, word: str) -> bool:
        assert self.process.stdout
        return self.process.stdout.readline().strip() == word

    def _end(self, how: str) -> None:
        self.process.communicate(f"{how}\n", timeout=20)
        assert self.process.returncode == 0

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def main(number: int, channels: list[str]) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from notifications.dispatch import hold, publish_notification_sync

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current()")  # the transaction has begun, whoever commits first
        print("begun", flush=True)
        hold(channels)
        for channel in channels:
            publish_notification_sync(channel, {"type": "test", "n": number})
        print("written", flush=True)
        transaction.set_rollback(sys.stdin.readline().strip() != "commit")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
