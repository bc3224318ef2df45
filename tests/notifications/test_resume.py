"""Coming back: what was missed, in order, in pages, and an honest answer where it is gone."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from notifications import replay
from notifications.channels import SYSTEM_ALERTS, patient_channel
from notifications.dispatch import publish_notification, refresh
from notifications.models import Notification, Stream
from tests.notifications.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def alice(cast):
    return await sync_to_async(lambda: cast.alice)()


async def write(person, count, start=1):
    for number in range(start, start + count):
        await publish_notification(patient_channel(person.pk), {"type": "test", "n": number})


async def replayed(socket, since):
    """The notifications that come, and the `resumed` that ends them."""
    await socket.send({"type": "resume", "since": since})
    came = []
    while (frame := await socket.frame())["type"] != "resumed":
        came.append(frame["n"])
    return came, frame


async def test_what_was_missed_comes_in_order(alice):
    await write(alice, 5)
    async with Socket.of(alice) as socket:
        await socket.ready()
        came, end = await replayed(socket, {patient_channel(alice.pk): 2})
    assert came == [3, 4, 5]
    assert end == {"type": "resumed", "recovered": True, "more": False}


@pytest.mark.parametrize("bound", [("PAGE", 2), ("PAGE_BYTES", 700), ("PAGE_BYTES", 1)])
async def test_a_long_absence_comes_in_pages(alice, monkeypatch, bound):
    monkeypatch.setattr(replay, *bound)
    await write(alice, 5)
    async with Socket.of(alice) as socket:
        await socket.ready()
        channel, position, came = patient_channel(alice.pk), 0, []
        while True:
            page, end = await replayed(socket, {channel: position})
            assert 0 < len(page) < 5
            came += page
            position += len(page)
            if not end["more"]:
                break
    assert came == [1, 2, 3, 4, 5]


async def test_live_notifications_never_overtake_the_replay(alice, monkeypatch):
    monkeypatch.setattr(replay, "PAGE", 2)
    await write(alice, 3)
    async with Socket.of(alice) as socket:
        await socket.ready()
        channel = patient_channel(alice.pk)
        first, end = await replayed(socket, {channel: 0})
        assert (first, end["more"]) == ([1, 2], True)
        await write(alice, 1, start=4)
        second, end = await replayed(socket, {channel: 2})
        assert (second, end["more"]) == ([3, 4], False)
        await write(alice, 1, start=5)
        after = [(await socket.next())["n"]]
        if after == [4]:  # the live copy of what was just replayed, for the client to drop
            after = [(await socket.next())["n"]]
        assert after == [5]


async def test_a_client_that_is_up_to_date_hears_so(alice):
    await write(alice, 2)
    async with Socket.of(alice) as socket:
        await socket.ready()
        came, end = await replayed(socket, {patient_channel(alice.pk): 2, SYSTEM_ALERTS: 0})
    assert (came, end["recovered"]) == ([], True)


async def test_what_is_past_retention_is_admitted(alice):
    await write(alice, 4)
    await Notification.objects.filter(seq__lte=2).adelete()
    async with Socket.of(alice) as socket:
        await socket.ready()
        came, end = await replayed(socket, {patient_channel(alice.pk): 1})
    assert (came, end["recovered"]) == ([3, 4], False)


async def test_ninety_days_are_replayed_and_no_more(alice):
    await write(alice, 4)
    old = timezone.now() - timedelta(days=91)
    await Notification.objects.filter(seq__lte=2).aupdate(created_at=old)
    async with Socket.of(alice) as socket:
        await socket.ready()
        came, end = await replayed(socket, {patient_channel(alice.pk): 0})
    assert (came, end["recovered"]) == ([3, 4], False)


async def test_an_open_alert_is_replayed_however_old(cast):
    from tests.notifications.test_acknowledge import critical

    row = await sync_to_async(lambda: critical(cast.smith, cast.bob))()
    await Notification.objects.aupdate(created_at=timezone.now() - timedelta(days=400))
    async with Socket.of(cast.smith) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {row.stream_id: 0}})
        assert (await socket.next())["id"] == str(row.pk)
        assert (await socket.frame())["recovered"] is True


async def test_a_hole_behind_an_open_alert_is_admitted(cast):
    from tests.notifications.test_acknowledge import critical

    row = await sync_to_async(lambda: critical(cast.smith, cast.bob))()
    for number in (2, 3, 4):
        await publish_notification(row.stream_id, {"type": "test", "n": number})
    await Notification.objects.filter(seq__lte=3).aupdate(created_at=timezone.now() - timedelta(days=400))
    async with Socket.of(cast.smith) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {row.stream_id: 0}})
        came = [(await socket.frame())["seq"] for _ in range(2)]
        assert (came, (await socket.frame())["recovered"]) == ([1, 4], False)


async def test_when_everything_is_gone_the_replay_still_ends(alice):
    await write(alice, 2)
    await Notification.objects.all().adelete()
    async with Socket.of(alice) as socket:
        await socket.ready()
        came, end = await replayed(socket, {patient_channel(alice.pk): 0})
    assert (came, end) == ([], {"type": "resumed", "recovered": False, "more": False})


async def test_a_position_ahead_of_the_stream_is_not_recovered(alice):
    async with Socket.of(alice) as socket:
        await socket.ready()
        _, end = await replayed(socket, {patient_channel(alice.pk): 2**62})
    assert end["recovered"] is False


@pytest.mark.parametrize("seq", [-1, 2**63, 10**400, 1.5, True, "3", None])
async def test_a_nonsense_position_is_an_error_and_nothing_else(alice, seq):
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {patient_channel(alice.pk): seq}})
        assert (await socket.frame())["code"] == "bad_since"


async def test_anothers_channel_is_an_error_and_nothing_else(alice, cast):
    bob = await sync_to_async(lambda: cast.bob)()
    await write(bob, 1)
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {patient_channel(bob.pk): 0}})
        answer = await socket.frame()
        assert (answer["type"], answer["code"]) == ("error", "not_your_channel")
        assert await socket.hears_nothing()
    assert await Stream.objects.acount() == 1


@pytest.fixture
def halfway(monkeypatch):
    """`halfway.reached` is set when a replay has read its page; it sends it once `halfway.goes_on` is set."""

    class Halfway:
        reached, goes_on = asyncio.Event(), asyncio.Event()

    read_page = replay.read_page

    async def slowly(since):
        page = await read_page(since)
        Halfway.reached.set()
        await Halfway.goes_on.wait()
        return page

    monkeypatch.setattr(replay, "read_page", slowly)
    return Halfway


async def everything_has_come(socket, person):
    """What was published until now is at the server's end of the socket."""
    await sync_to_async(refresh)([person.pk], "appointments")
    assert (await socket.frame())["type"] == "refresh"


async def test_another_channel_does_not_wait_for_the_replay(alice, halfway):
    await write(alice, 1)
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {patient_channel(alice.pk): 0}})
        await halfway.reached.wait()
        await publish_notification(SYSTEM_ALERTS, {"type": "test", "n": "everyone"})
        await sync_to_async(refresh)([alice.pk], "appointments")
        assert (await socket.frame())["n"] == "everyone"
        assert (await socket.frame())["type"] == "refresh"
        halfway.goes_on.set()
        assert (await socket.frame())["n"] == 1


async def test_what_a_page_ended_before_is_not_held_for_the_next(alice, halfway, monkeypatch):
    """More follows on one channel; on the other the client has everything, and will not ask again."""
    monkeypatch.setattr(replay, "PAGE", 2)
    await write(alice, 3)
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {patient_channel(alice.pk): 0, SYSTEM_ALERTS: 0}})
        await halfway.reached.wait()
        await publish_notification(SYSTEM_ALERTS, {"type": "test", "n": "everyone"})
        await write(alice, 1, start=4)
        await everything_has_come(socket, alice)
        halfway.goes_on.set()
        frames = [await socket.frame() for _ in range(4)]
        assert [frame.get("n") for frame in frames] == [1, 2, None, "everyone"]
        assert frames[2]["more"] is True
        await publish_notification(SYSTEM_ALERTS, {"type": "test", "n": "again"})
        assert (await socket.frame())["n"] == "again"


async def test_a_replay_that_fails_leaves_the_socket_listening(alice, monkeypatch):
    reached, fails = asyncio.Event(), asyncio.Event()

    async def broken(since):
        reached.set()
        await fails.wait()
        raise OperationalError("the database is away")

    monkeypatch.setattr(replay, "read_page", broken)
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send({"type": "resume", "since": {patient_channel(alice.pk): 0}})
        await reached.wait()
        await write(alice, 1)
        await everything_has_come(socket, alice)
        fails.set()
        assert (await socket.frame())["n"] == 1
        assert (await socket.frame())["code"] == "unavailable"
        await write(alice, 1, start=2)
        assert (await socket.frame())["n"] == 2
