"""The jobs behind reminders and invitations: a real worker, and its timetable."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.utils import utcnow as now

from appointments import tasks
from appointments.models import Reminder
from tests.appointments.making import in_days
from tests.appointments.reminded import confirmed, notified
from tests.faults.reader import wait_for
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_sends_the_invitation_that_a_verb_left(cast, outbox, no_jobs):
    confirmed(cast, in_days(3))
    with Worker(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend") as worker:
        assert wait_for(lambda: "END:VCALENDAR\n" in worker.said, 20)
    said = "".join(worker.said)
    assert 'Content-Type: text/calendar; method="REQUEST"; charset="utf-8"' in said
    assert "To: alice@example.com" in said


def test_both_ways_of_reminding_are_on_the_timetable_of_every_minute(cast, outbox):
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["appointments.tasks.remind_by_notification"] == "* * * * *"
    assert periodic["appointments.tasks.remind_by_email"] == "* * * * *"
    confirmed(cast, in_days(3))
    Reminder.objects.filter(lead_minutes=24 * 60).update(next_try=in_days(-1))
    tasks.remind_by_notification(timestamp=0)
    tasks.remind_by_email(timestamp=0)
    assert set(Reminder.objects.filter(lead_minutes=24 * 60).values_list("state", flat=True)) == {"sent"}
    assert len(notified()) == 1


def test_an_invitation_outlives_a_night_without_a_mail_server():
    strategy = tasks.send_invitation.retry_strategy
    job = Job(queue="appointment mail", lock=None, queueing_lock=None, task_name=tasks.send_invitation.name)
    waits = []
    while decision := strategy.get_retry_decision(exception=OSError(), job=job.evolve(attempts=len(waits))):
        waits.append(decision.retry_at - now())
    assert timedelta(hours=17) < sum(waits, timedelta()) < timedelta(hours=19)
