"""A commit stays a success, whatever becomes of what follows it."""

import logging

import pytest
from django.db import OperationalError, transaction

from notifications import publisher, relay
from notifications.after_commit import after_commit
from notifications.channels import patient_channel
from notifications.dispatch import publish_notification_sync
from notifications.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)


def fails(error):
    raise error


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("a mistake of ours")])
def test_what_fails_after_a_commit_is_logged_and_what_follows_is_done_all_the_same(error, caplog):
    done = []
    with transaction.atomic():
        after_commit(fails, error)
        after_commit(done.append, "the next one")
    assert done == ["the next one"]
    assert str(error) in caplog.text
    assert [bool(record.exc_info) for record in caplog.records] == [isinstance(error, ValueError)]


def test_a_database_that_goes_away_between_commit_and_mark_makes_no_failure_of_the_notification(monkeypatch, caplog):
    monkeypatch.setattr(relay, "publish", lambda frames: fails(OperationalError("the connection is lost")))
    with caplog.at_level(logging.WARNING):
        publish_notification_sync(patient_channel("a"), {"type": "test"})
    assert Notification.objects.get().published_at is None
    assert not publisher.outbox
    assert "the connection is lost" in caplog.text
