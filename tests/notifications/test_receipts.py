"""Delivered and seen are two facts of one person and one notification; the first time of each stands."""

import pytest
from asgiref.sync import sync_to_async

from notifications.channels import SYSTEM_ALERTS, patient_channel
from notifications.dispatch import publish_notification
from notifications.heartbeat import heart
from notifications.inbox import mark_seen
from notifications.models import Notification, Receipt
from tests.notifications.sockets import Socket, eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def people(cast):
    await sync_to_async(lambda: (cast.alice, cast.bob, cast.charlie))()
    return cast


async def receipts():
    return {row.user_id: row async for row in Receipt.objects.all()}


async def test_what_was_handed_to_a_socket_is_delivered_to_its_reader_alone(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.charlie) as charlie:
        await alice.ready(), await charlie.ready()
        await publish_notification(patient_channel(people.alice.pk), {"type": "test"})
        await alice.next()
        assert await eventually(receipts)
        assert list(await receipts()) == [people.alice.pk]
        receipt = await Receipt.objects.aget()
        assert receipt.delivered_at
        assert receipt.seen_at is None


async def test_what_is_replayed_is_delivered_too(people):
    await publish_notification(patient_channel(people.alice.pk), {"type": "test"})
    async with Socket.of(people.alice) as alice:
        await alice.ready()
        await alice.send({"type": "resume", "since": {patient_channel(people.alice.pk): 0}})
        await alice.next()
        assert await eventually(receipts)
    assert (await Receipt.objects.aget()).delivered_at


async def test_a_word_to_everyone_is_delivered_to_each(people):
    async with Socket.of(people.alice) as alice, Socket.of(people.bob) as bob:
        await alice.ready(), await bob.ready()
        await publish_notification(SYSTEM_ALERTS, {"type": "test"})
        await alice.next(), await bob.next()
        await heart().deliveries.keep()
    assert set(await receipts()) == {people.alice.pk, people.bob.pk}


@pytest.mark.parametrize("first", ["delivered", "seen"])
async def test_both_facts_are_kept_in_whatever_order_they_come(people, first):
    await publish_notification(patient_channel(people.alice.pk), {"type": "test"})
    notification = await Notification.objects.aget()

    async def deliver():
        heart().deliveries.add(str(notification.pk), people.alice.pk)
        await heart().deliveries.keep()

    async def see():
        await sync_to_async(mark_seen)(people.alice.user, [notification])

    for act in [deliver, see, deliver, see] if first == "delivered" else [see, deliver, see, deliver]:
        await act()
        once = await Receipt.objects.aget()
        times = (once.delivered_at, once.seen_at)
    assert all(times)
    await deliver()
    await see()
    again = await Receipt.objects.aget()
    assert (again.delivered_at, again.seen_at) == times


async def test_an_id_of_nothing_is_passed_over(people):
    heart().deliveries.add("7b1c1a52-9f53-4d83-8dc5-0f8b4c9c6f10", people.alice.pk)
    await heart().deliveries.keep()
    assert await receipts() == {}
