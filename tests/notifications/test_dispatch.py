"""Telling people: in the transaction, after the commit, never in the way of a save."""

import json
import logging
import uuid

import pytest
import redis
from django.conf import settings
from django.db import transaction

from notifications import publisher
from notifications.channels import SYSTEM_ALERTS, doctor_channel, patient_channel
from notifications.dispatch import hold, notify, publish_notification, publish_notification_sync, reached_by
from notifications.events import NewPrescription
from notifications.models import Notification, Stream
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db(transaction=True)


def prescription(medication: str = "Amoxicillin") -> NewPrescription:
    return NewPrescription(prescription_id=uuid.uuid4(), medication=medication, doctor_name="Dr. Smith")


@pytest.fixture
def subscriber():
    """A plain Redis client that listens on what a test names."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    pubsub = client.pubsub()

    def subscribe(channel: str):
        pubsub.subscribe(channel)
        assert pubsub.get_message(timeout=2)["type"] == "subscribe"
        return pubsub

    yield subscribe
    pubsub.close()
    client.close()


def test_a_plain_redis_subscriber_reads_the_specs_keys_and_ours_as_one_json_object(subscriber):
    pubsub = subscriber("patient:abc-1:notifications")
    notify([(patient_channel("abc-1"), prescription())], link="/prescriptions/1/")

    message = json.loads(pubsub.get_message(timeout=2)["data"])

    assert message["medication"] == "Amoxicillin"
    assert message["channel"] == "patient:abc-1:notifications"
    assert (message["seq"], message["link"], message["priority"]) == (1, "/prescriptions/1/", "normal")
    assert message["requires_ack"] is False
    assert message == Notification.objects.get().body


def test_nothing_is_published_before_the_commit(outbox):
    with transaction.atomic():
        notify([(patient_channel("a"), prescription())], link="/")
        assert outbox == []
    assert [sent["channel"] for sent in outbox] == ["patient:a:notifications"]


def test_a_rolled_back_save_tells_nobody_and_leaves_no_hole(outbox):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        notify([(patient_channel("a"), prescription())], link="/")
        raise ZeroDivisionError
    assert outbox == []
    assert not Notification.objects.exists()

    notify([(patient_channel("a"), prescription())], link="/")
    assert outbox[0]["seq"] == 1


def test_one_call_numbers_each_channel_on_its_own_and_in_the_callers_order(outbox):
    events = [
        (patient_channel("a"), "first"),
        (doctor_channel("b"), "only"),
        (patient_channel("a"), "second"),
    ]
    notify([(channel, prescription(name)) for channel, name in events], link="/")
    assert [(sent["medication"], sent["seq"]) for sent in outbox] == [
        ("first", 1),
        ("only", 1),
        ("second", 2),
    ]
    assert Stream.objects.get(name=patient_channel("a")).head == 2


def test_a_redis_that_is_gone_is_a_logged_warning_and_the_save_stands(settings, caplog, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    publisher.connection.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            notify([(patient_channel("a"), prescription("Secretol"))], link="/")
    finally:
        publisher.connection.cache_clear()
    assert Notification.objects.count() == 1
    assert "patient:a:notifications" in caplog.text
    assert "Secretol" not in caplog.text


def test_publishing_reuses_one_connection(subscriber):
    publisher.connection().ping()
    watcher = redis.Redis.from_url(settings.REDIS_URL)
    before = watcher.info("stats")["total_connections_received"]
    for _ in range(20):
        publish_notification_sync("doctor:test:notifications", {"type": "test"})
    assert watcher.info("stats")["total_connections_received"] == before
    watcher.close()


async def test_the_specs_integration_test_on_a_plain_redis_connection():
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    pubsub = client.pubsub()
    await pubsub.subscribe("doctor:test:notifications")

    await publish_notification("doctor:test:notifications", {"type": "test"})

    confirmation = await pubsub.get_message(timeout=1.0)
    assert confirmation is not None
    message = await pubsub.get_message(timeout=1.0)
    assert json.loads(message["data"])["type"] == "test"
    await pubsub.aclose()
    await client.aclose()


@pytest.mark.parametrize(
    "channel",
    ["", "doctor", "doctor::notifications", "nurse:1:notifications", "doctor:1:notifications\n", "system", 7],
)
def test_a_channel_outside_the_patterns_is_refused(channel):
    with pytest.raises(ValueError, match="is no channel"):
        publish_notification_sync(channel, {"type": "test"})


@pytest.mark.parametrize(
    "message, reason",
    [
        ({}, "`type`"),
        ({"type": ""}, "`type`"),
        ({"type": 5}, "`type`"),
        ({"type": "x" * 65}, "`type`"),
        ({"type": "ready"}, "server's own"),
        ({"type": "x", "seq": 4}, "added by HealthHub"),
        ({"type": "x", "when": object()}, "JSON"),
        ({"type": "x", "value": float("nan")}, "JSON"),
        ({"type": "x", "text": "a\x00b"}, "NUL"),
        ({"type": "x", "text": "a" * 70_000}, "64 KiB"),
        ("x", "dict"),
    ],
)
def test_a_message_that_cannot_be_sent_says_why(message, reason):
    with pytest.raises(ValueError, match=reason):
        publish_notification_sync("doctor:test:notifications", message)
    assert not Notification.objects.exists()


def test_the_recipient_must_be_the_channels_own(outbox):
    publish_notification_sync("doctor:abc123:notifications", {"type": "test"}, recipient_id="abc123")
    with pytest.raises(ValueError, match="not the channel of the recipient"):
        publish_notification_sync("doctor:abc123:notifications", {"type": "test"}, recipient_id="def456")
    with pytest.raises(ValueError, match="not the channel of the recipient"):
        publish_notification_sync(SYSTEM_ALERTS, {"type": "test"}, recipient_id="def456")
    assert len(outbox) == 1


def test_the_outbox_needs_no_redis(outbox, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    publish_notification_sync("doctor:test:notifications", {"type": "test"})
    assert outbox[0]["type"] == "test"


# --- for domains that tell several things at once -----------------------------------------------------


def test_streams_that_are_held_take_no_number(cast):
    with transaction.atomic():
        hold([patient_channel("b"), patient_channel("a"), patient_channel("b")], patient_id=cast.bob.pk)
        notify([(patient_channel("b"), prescription())], link="/x/")
        notify([(patient_channel("a"), prescription())], link="/x/")
    assert dict(Stream.objects.values_list("name", "head")) == {patient_channel("a"): 1, patient_channel("b"): 1}


def test_whom_an_alert_reached_is_known_while_it_is_open_and_afterwards(cast):
    result, other = recorded(cast, critical=True), recorded(cast, critical=True, doctor=cast.brown)
    assert reached_by("lab_result", [result.pk]) == {cast.smith.pk}
    result.review_with(by=cast.smith.user, notes="Called.")
    assert reached_by("lab_result", [result.pk, other.pk]) == {cast.smith.pk, cast.brown.pk}
    assert reached_by("another_kind", [result.pk]) == reached_by("lab_result", []) == set()
