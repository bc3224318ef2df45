"""A real worker process on the tests' database."""

import os
import signal
import subprocess
import sys
import threading
from typing import Self

from tests.server import ROOT


class Worker:
    """`with Worker() as worker: ...`; what it had to say is in `worker.said` once it has ended."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment
        self.said: list[str] = []

    def __enter__(self) -> Self:
        from django.db import connection

        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
            **self.environment,
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        working = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(working,), daemon=True)
        self._reader.start()
        assert working.wait(30), f"The worker did not start:\n{''.join(self.said)}"
        return self

    def _read(self, working: threading.Event) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if "Working" in line:
                working.set()

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ends it, waits, and returns its exit status."""
        self.process.send_signal(how)
        status = self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        return status

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.stop()
