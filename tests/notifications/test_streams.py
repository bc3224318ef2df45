"""Numbers without holes, in commit order, with many writers at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from notifications.dispatch import publish_notification_sync
from notifications.models import Notification, Stream
from notifications.streams import heads, take_numbers

pytestmark = pytest.mark.django_db(transaction=True)


def closing(work):
    """Runs `work` in a thread of its own and gives its database connection back."""
    try:
        return work()
    finally:
        connection.close()


def test_many_writers_on_one_stream_leave_no_hole(outbox):
    with ThreadPoolExecutor(8) as pool:
        send = lambda n: publish_notification_sync("doctor:a:notifications", {"type": "n", "n": n})  # noqa: E731
        list(pool.map(lambda n: closing(lambda: send(n)), range(80)))
    assert list(Notification.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 81))


def test_writers_of_the_same_streams_in_opposite_orders_never_deadlock(outbox):
    names = ["doctor:a:notifications", "patient:b:notifications", "system:alerts"]

    def write(n):
        with transaction.atomic():
            return take_numbers(names if n % 2 else names[::-1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: closing(lambda: write(n)), range(60)))
    assert set(heads(names).values()) == {60}


def test_a_reader_never_sees_a_later_number_before_an_earlier_one():
    """Whoever takes a number holds the stream until its commit; the next writer waits."""
    first_has_number, may_commit, order = threading.Event(), threading.Event(), []

    def slow():
        with transaction.atomic():
            publish_notification_sync("doctor:a:notifications", {"type": "slow"})
            first_has_number.set()
            assert may_commit.wait(10)
        order.append("slow")

    def quick():
        publish_notification_sync("doctor:a:notifications", {"type": "quick"})
        order.append("quick")

    with ThreadPoolExecutor(2) as pool:
        slow_done = pool.submit(closing, slow)
        assert first_has_number.wait(10)
        quick_done = pool.submit(closing, quick)
        wait_until_blocked()
        assert not Notification.objects.exists()
        may_commit.set()
        slow_done.result(10), quick_done.result(10)
    assert list(Notification.objects.order_by("seq").values_list("type", flat=True)) == ["slow", "quick"]


def wait_until_blocked():
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("The second writer did not wait for the first.")


def test_the_head_of_a_stream_nobody_wrote_to_is_zero():
    Stream.objects.create(name="system:alerts", head=4)
    assert heads(["system:alerts", "doctor:new:notifications"]) == {
        "system:alerts": 4,
        "doctor:new:notifications": 0,
    }
