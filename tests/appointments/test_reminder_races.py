"""Several workers, a cancellation in the middle: each reminder once, and nobody waits for a mail server."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from appointments.models import Reminder
from appointments.reminder_preferences import Way
from appointments.reminders import State
from appointments.reminding import send_due
from tests.appointments.reminded import confirmed, notified

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(EmailBackend):
    """Says when it was asked to send, and sends when it is let."""

    asked, let = threading.Event(), threading.Event()

    def send_messages(self, messages):
        type(self).asked.set()
        assert type(self).let.wait(10)
        return super().send_messages(messages)


@pytest.fixture
def slow(settings):
    settings.EMAIL_BACKEND = f"{Slow.__module__}.Slow"
    Slow.asked.clear()
    Slow.let.clear()
    return Slow


def in_another_process(work):
    def alone():
        try:
            return work()
        finally:
            connection.close()

    return alone


@pytest.fixture
def visit(cast, outbox):
    return confirmed(cast, timezone.now() + timedelta(days=3))


def a_day_before(visit):
    return visit.time - timedelta(days=1)


def test_two_scans_at_once_send_each_reminder_once(cast, visit):
    for person, hours in ((cast.bob, 1), (cast.charlie, 2), (cast.bob, 3), (cast.charlie, 4)):
        confirmed(cast, visit.time + timedelta(hours=hours), person)
    together = threading.Barrier(4)

    def scan(way):
        together.wait(10)
        return send_due(way, a_day_before(visit) + timedelta(hours=4))

    with ThreadPoolExecutor(4) as pool:
        ways = [Way.EMAIL, Way.EMAIL, Way.NOTIFICATION, Way.NOTIFICATION]
        scans = [pool.submit(in_another_process(lambda way=way: scan(way))) for way in ways]
    assert sum(done.result() for done in scans) == 10
    assert len(mail.outbox) == len(notified()) == 5


def test_while_a_mail_server_is_slow_another_scan_sends_no_copy_and_a_cancellation_does_not_wait(cast, visit, slow):
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_another_process(lambda: send_due(Way.EMAIL, a_day_before(visit))))
        assert slow.asked.wait(10)
        assert send_due(Way.EMAIL, a_day_before(visit)) == 0
        visit.cancel(by=cast.alice.user)
        slow.let.set()
        assert first.result() == 1
    assert len(mail.outbox) == 1
    of_the_mails = Reminder.objects.filter(way="email").order_by("due")
    assert list(of_the_mails.values_list("state", flat=True)) == [State.SENT, State.GONE]


def test_a_scan_that_dies_before_its_commit_leaves_the_reminder_to_the_next(cast, visit, settings, monkeypatch):
    def die(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr("appointments.reminding.notify", die)
        with pytest.raises(SystemExit):
            send_due(Way.NOTIFICATION, a_day_before(visit))
    assert notified() == []
    assert send_due(Way.NOTIFICATION, a_day_before(visit)) == 1
    assert len(notified()) == 1
