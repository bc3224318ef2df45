"""A real server process on a port of its own, with the tests' database: what users talk to."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server() as server: ...`; `server.url`, `server.ws`, and ways to end it, gently and not."""

    def __init__(self, port: int | None = None, **environment: str) -> None:
        self.port = port or free_port()
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://localhost:{self.port}"

    def start(self) -> Self:
        from django.db import connection

        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
            "PORT": str(self.port),
            **self.environment,
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []
        listening = threading.Event()
        # Somebody must read on: a server that fills the pipe stops in the middle of a line.
        self._reader = threading.Thread(target=self._read, args=(self.process, listening), daemon=True)
        self._reader.start()
        assert listening.wait(30), f"The server did not start:\n{''.join(self.said)}"
        return self

    def _read(self, process: subprocess.Popen[str], listening: threading.Event) -> None:
        assert process.stdout
        for line in process.stdout:
            self.said.append(line)
            if line.startswith("Listening on"):
                listening.set()

    def stop(self, how: int = signal.SIGTERM) -> str:
        """Ends it, waits, and returns what it had to say since it started."""
        if self.process is None:
            return ""
        self.process.send_signal(how)
        self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        self.process = None
        return "".join(self.said)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
