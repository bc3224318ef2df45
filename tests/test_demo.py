"""`make demo` is everything at once: the server, and the worker that keeps the ladder's clock beside it."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection

from notifications.models import WorkerBeat
from tests.faults.reader import wait_for
from tests.server import ROOT, free_port

pytestmark = pytest.mark.django_db(transaction=True)


class Demo:
    """`manage.py demo` on the tests' database, with what it and its children had to say."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEALTHHUB_TEST_DATABASE": connection.settings_dict["NAME"],
            "PORT": str(free_port()),
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self.silent = threading.Event()
        """Set once nobody is left who could say anything: the demo and its worker have ended."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        self.said.extend(self.process.stdout)
        self.silent.set()


@pytest.fixture
def demo(no_jobs):
    running = Demo()
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.wait(20)
    assert running.silent.wait(20)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_the_demo_runs_a_worker_that_ends_with_it(demo, how):
    assert wait_for(WorkerBeat.objects.exists, 60)
    demo.process.send_signal(how)
    assert demo.silent.wait(30)
