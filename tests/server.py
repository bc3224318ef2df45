"""A real server process on a port of its own, with the tests' database: what users talk to."""

import os
import signal
import socket
import subprocess
import sys
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
        assert self.process.stdout
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Listening on"):
                return self
        raise AssertionError(f"The server did not start:\n{''.join(said)}")

    def stop(self, how: int = signal.SIGTERM) -> str:
        """Ends it, waits, and returns what it had to say since it started."""
        if self.process is None:
            return ""
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=20)
        self.process = None
        return said

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
