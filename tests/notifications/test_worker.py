"""One worker does everything that happens later, and nothing that hangs in one corner stops the ladder."""

import socket
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from notifications import mails
from notifications.management.commands.worker import AT_ONCE
from notifications.models import Alert, AlertStep, WorkerBeat
from notifications.tasks import relay_sweep, send_alert_mail, take_up_stalled_jobs
from tests.faults.reader import wait_for
from tests.labs.making import recorded
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class BlackHole:
    """A mail server that takes every connection and never says a word."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self.listening.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self.listening.close()
        for one in self.taken:
            one.close()


@pytest.fixture
def black_hole():
    with closing(BlackHole()) as hole:
        yield hole


def test_a_mail_server_that_hangs_stops_neither_the_ladder_nor_the_relay(cast, outbox, no_jobs, black_hole):
    recorded(cast, critical=True)
    for _ in range(2 * AT_ONCE["mail"]):
        send_alert_mail.defer(user_id=str(cast.smith.pk))
    environment = {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(black_hole.port)}
    with Worker(**environment, EMAIL_TIMEOUT="60") as worker:
        assert wait_for(lambda: len(black_hole.taken) == AT_ONCE["mail"], 15)
        hung = timezone.now()
        Alert.objects.update(deadline=hung)
        assert wait_for(lambda: AlertStep.objects.count() > 1, 8)
        assert wait_for(lambda: WorkerBeat.objects.get().at > hung + timedelta(seconds=2), 8)
        worker.kill()


def test_a_mail_server_that_says_nothing_is_given_up(cast, settings, black_hole):
    assert 0 < settings.EMAIL_TIMEOUT <= 10
    assert EmailBackend().timeout == settings.EMAIL_TIMEOUT
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", black_hole.port
    settings.EMAIL_TIMEOUT = 0.2
    with pytest.raises(OSError, match="timed out"):
        mails.send(cast.smith.pk)


def test_every_task_stands_in_a_queue_that_the_worker_works():
    ours = [task for name, task in app.tasks.items() if not name.startswith(("procrastinate", "builtin"))]
    assert {task.queue for task in ours} <= set(AT_ONCE)


def defer_stalled(task, **kwargs):
    """A job as it is left by a worker that was killed in the middle of it."""
    job_id = task.defer(**kwargs)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
    return job_id


def test_a_mail_that_stalled_behind_a_clock_that_goes_on_is_taken_up_and_sent(cast, no_jobs):
    """The killed worker had a sweep and an e-mail in hand; the next sweep waits already, under the same lock."""
    sweep = defer_stalled(relay_sweep, timestamp=0)
    letter = defer_stalled(send_alert_mail, user_id=str(cast.smith.pk))
    relay_sweep.configure(schedule_in={"hours": 1}).defer(timestamp=1)
    take_up_stalled_jobs.defer(timestamp=0)
    with Worker(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend") as worker:
        assert wait_for(lambda: "To: dr.smith@example.com\n" in worker.said, 15)
        assert wait_for(lambda: not ProcrastinateJob.objects.filter(pk__in=[sweep, letter]).exists(), 15)


def test_with_every_process_down_over_a_deadline_the_worker_takes_the_step_when_it_starts(cast, outbox, no_jobs):
    assert cast.admin
    recorded(cast, critical=True)
    Alert.objects.update(deadline=timezone.now() - timedelta(hours=1), asked_at=timezone.now() - timedelta(minutes=31))
    with Worker():
        assert wait_for(lambda: AlertStep.objects.filter(audience="on_call", told=1).exists(), 10)
