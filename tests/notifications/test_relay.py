"""Committed and never published: the sweep finds it, one sweep at a time, and a worker does it by itself."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications import publisher, relay
from notifications.channels import patient_channel
from notifications.dispatch import publish_notification_sync
from notifications.models import Notification, WorkerBeat
from tests.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def unpublished(count=1, age=10):
    """Rows as a process leaves them that died between its commit and its publishing."""
    for number in range(count):
        publish_notification_sync(patient_channel("a"), {"type": "test", "n": number})
    created = timezone.now() - timedelta(seconds=age)
    Notification.objects.update(published_at=None, created_at=created)
    publisher.outbox.clear()


def test_what_was_published_is_remembered_and_not_swept(outbox):
    publish_notification_sync(patient_channel("a"), {"type": "test"})
    Notification.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert Notification.objects.get().published_at
    assert (relay.sweep(), len(outbox)) == (0, 1)


def test_what_was_never_published_is_swept_in_order_and_once(outbox):
    unpublished(3)
    assert (relay.sweep(), relay.sweep()) == (3, 0)
    assert [sent["n"] for sent in outbox] == [0, 1, 2]


def test_what_was_committed_just_now_is_left_to_its_own_process(outbox):
    unpublished(age=0)
    assert relay.sweep() == 0


def test_more_than_a_batch_is_swept(outbox, monkeypatch):
    monkeypatch.setattr(relay, "BATCH", 2)
    unpublished(5)
    assert relay.sweep() == 5


def test_with_redis_away_nothing_is_marked_and_the_next_sweep_has_it(settings, tmp_path, outbox):
    unpublished(2)
    settings.NOTIFICATIONS_OUTBOX = False
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    publisher.connection.cache_clear()
    try:
        assert relay.sweep() == 0
    finally:
        publisher.connection.cache_clear()
    settings.NOTIFICATIONS_OUTBOX = True
    assert relay.sweep() == 2


def test_two_sweeps_at_once_publish_each_row_once(outbox):
    unpublished(1)
    holding, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                list(Notification.objects.select_for_update())
                holding.set()
                assert done.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold)
        assert holding.wait(10)
        assert relay.sweep() == 0
        done.set()
        other.result(10)
    assert relay.sweep() == 1


def test_a_worker_that_is_missing_is_noticed():
    assert relay.worker_is_missing()
    relay.beat()
    assert not relay.worker_is_missing()
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert relay.worker_is_missing()


def test_readyz_and_an_administrators_page_say_that_the_worker_is_missing(client, cast, signed_in):
    assert client.get("/readyz").json() == {"status": "ok", "worker": "missing"}
    assert "No worker is running" in signed_in(cast.admin).get("/").content.decode()
    assert "No worker is running" not in signed_in(cast.smith).get("/").content.decode()
    relay.beat()
    assert client.get("/readyz").json() == {"status": "ok", "worker": "ok"}
    assert "No worker is running" not in signed_in(cast.admin).get("/").content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/labs/labresult/"])
def test_the_administration_says_it_too(cast, signed_in, path):
    admin = signed_in(cast.admin)
    WorkerBeat.objects.all().delete()
    assert "No worker is running" in admin.get(path).content.decode()
    relay.beat()
    assert "No worker is running" not in admin.get(path).content.decode()
    assert "No worker is running" not in signed_in(cast.smith).get(path, follow=True).content.decode()


@pytest.fixture
def worker(no_jobs):
    with Worker() as running:
        yield running


def test_a_worker_publishes_what_a_dead_process_left(worker):
    pubsub = redis.Redis.from_url(settings.REDIS_URL).pubsub()
    pubsub.subscribe(patient_channel("left"))
    assert pubsub.get_message(timeout=2)["type"] == "subscribe"
    with transaction.atomic():
        publish_notification_sync(patient_channel("left"), {"type": "test"})
        transaction.get_connection().run_on_commit.clear()  # as if the process died right after its commit
    message = pubsub.get_message(timeout=15)
    pubsub.close()
    assert json.loads(message["data"])["type"] == "test"


def test_a_worker_stops_when_it_is_told_to(worker):
    assert worker.stop() == 0
    assert "Traceback" not in "".join(worker.said)
