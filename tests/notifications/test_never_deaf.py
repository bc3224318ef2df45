"""A socket that is open hears: whatever is published, and whatever fails, it is told or it is ended."""

import asyncio
import contextvars
from collections import Counter

import pytest
from asgiref.sync import SyncToAsync, sync_to_async

from notifications import publisher
from notifications.channels import patient_channel
from notifications.dispatch import publish_notification
from notifications.heartbeat import Heart, heart
from notifications.reader import Reader
from tests.notifications.sockets import Socket, eventually

pytestmark = pytest.mark.django_db(transaction=True)
GARBAGE = [
    b"",
    b"\xff\xfe\x00",
    b"{nonsense}",
    b"[]",
    b"null",
    b'{"channel": []}',
    b'{"channel": {}, "seq": "x"}',
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
]


@pytest.fixture
async def people(cast):
    await sync_to_async(lambda: (cast.alice, cast.bob))()
    return cast


@pytest.mark.parametrize("resuming", [False, True])
async def test_garbage_on_a_channel_is_survived(people, monkeypatch, resuming):
    channel = patient_channel(people.alice.pk)
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        if resuming:
            monkeypatch.setattr("notifications.replay.PAGE", 1)
            for _ in range(2):
                await publish_notification(channel, {"type": "test"})
                await socket.next()
            await socket.send({"type": "resume", "since": {channel: 0}})
            assert (await socket.next("resumed"))["more"] is True
        for bad in GARBAGE:
            await sync_to_async(publisher.connection().publish)(f"user:{people.alice.pk}:session", bad)
        await sync_to_async(publisher.connection().publish)(
            f"user:{people.alice.pk}:session", '{"type": "refresh", "topic": "x"}'
        )
        raw = ""  # nonsense is no JSON either
        while '"refresh"' not in raw:
            raw = await socket.communicator.receive_from(timeout=5)


async def test_a_socket_that_cannot_hand_on_any_more_is_ended_and_not_left_deaf(people, monkeypatch):
    async with Socket.of(people.alice) as socket, Socket.of(people.bob) as bob:
        await socket.ready(), await bob.ready()

        def fails(self, notification_id, user_id):
            raise RuntimeError("nobody thought of this")

        with monkeypatch.context() as broken:
            broken.setattr("notifications.deliveries.Deliveries.add", fails)
            await publish_notification(patient_channel(people.alice.pk), {"type": "test"})
            assert await socket.close_code() == 4012
        await publish_notification(patient_channel(people.bob.pk), {"type": "test"})
        await bob.next()


async def test_a_frame_that_fails_in_a_way_nobody_thought_of_ends_its_socket(people, monkeypatch):
    def fails(text):
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("notifications.consumers.parse", fails)
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        await socket.send({"type": "ping"})
        assert await socket.close_code() == 4012
        assert not heart().sockets


async def test_nothing_is_left_behind_by_a_socket_that_the_server_gives_up(people):
    from channels.layers import get_channel_layer

    socket = Socket.of(people.alice)
    await socket.communicator.connect(timeout=5)
    await socket.ready()
    socket.communicator.stop(exceptions=False)
    await asyncio.wait([socket.communicator.future], timeout=5)
    layer = get_channel_layer()._get_layer()
    assert (layer.channels, layer.groups, heart().sockets) == ({}, {}, set())


# --- the reader's end ---------------------------------------------------------------------------------


async def deaf_reader(deliver=None):
    async def ignore(text):
        pass

    reader = Reader(["system:alerts"], deliver or ignore, failed=lambda: None)
    await reader.join()
    return reader


async def test_leaving_does_not_swallow_a_cancellation_that_is_meant_for_its_caller(db):
    """Its own task is slow to end, and meanwhile the caller is cancelled."""
    holds, ended = asyncio.Event(), asyncio.Event()

    async def slow_to_end(text):
        try:
            holds.set()
            await asyncio.Event().wait()
        finally:
            await ended.wait()

    reader = await deaf_reader(slow_to_end)
    await sync_to_async(publisher.connection().publish)("system:alerts", "{}")
    await holds.wait()
    leaving = asyncio.create_task(reader.leave())
    await asyncio.sleep(0)
    leaving.cancel()
    ended.set()
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_reader_that_could_not_join_all_its_groups_leaves_nothing_behind(db, monkeypatch):
    from channels.layers import get_channel_layer

    layer = get_channel_layer()._get_layer()

    async def refuses(group, channel):
        raise ConnectionError

    monkeypatch.setattr(layer, "group_add", refuses)
    reader = Reader(["system:alerts"], lambda text: asyncio.sleep(0), failed=lambda: None)
    with pytest.raises(ConnectionError):
        await reader.join()
    await reader.leave()
    assert (layer.channels, layer._shards[0]._subscribed_to) == ({}, set())


# --- the heart ----------------------------------------------------------------------------------------


class Listener:
    """As much of a socket as the heart knows."""

    credential = None
    channels = ()


@pytest.fixture
def beats(settings, monkeypatch):
    """Counts the beats of each loop that a heart runs."""
    settings.NOTIFICATIONS_HEARTBEAT_SECONDS = 0
    counted = Counter()

    async def beat(self):
        counted[asyncio.current_task()] += 1
        await asyncio.sleep(0.001)

    monkeypatch.setattr(Heart, "beat", beat)
    return counted


async def many(beats, count):
    async def look():
        return beats.total() >= count

    await eventually(look)


async def test_a_beat_that_ends_the_last_socket_leaves_one_heart(beats, monkeypatch):
    own, first = Heart(), Listener()
    ended = asyncio.Event()

    async def beat_that_ends_it(self):
        self.leave(first)
        await asyncio.sleep(0)  # a cancellation would strike here
        ended.set()

    with monkeypatch.context() as once:
        once.setattr(Heart, "beat", beat_that_ends_it)
        own.join(first)
        await ended.wait()
    last = Listener()
    own.join(last)
    await many(beats, 20)
    assert len(beats) == 1
    own.leave(last)


async def test_a_heart_without_sockets_rests_and_beats_again_for_the_next(beats):
    own = Heart()
    for _ in range(2):
        socket = Listener()
        own.join(socket)
        await many(beats, beats.total() + 2)
        own.leave(socket)
    assert len(beats) == 2


async def test_a_beat_that_fails_is_not_the_last(settings, monkeypatch):
    settings.NOTIFICATIONS_HEARTBEAT_SECONDS = 0
    beaten = Counter()

    async def fails_once(self):
        beaten["beats"] += 1
        if beaten.total() == 1:
            raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(Heart, "beat", fails_once)
    own, socket = Heart(), Listener()
    own.join(socket)
    await many(beaten, 3)
    own.leave(socket)


async def test_what_outlives_a_socket_does_not_inherit_where_it_stood(people, settings, caplog):
    """Begun while the database is asked, it could otherwise never ask the database itself."""
    async with Socket.of(people.alice) as socket:
        await socket.ready()
        settings.NOTIFICATIONS_HEARTBEAT_SECONDS = 0
        ours = heart()
        begun = contextvars.copy_context()
        begun.run(SyncToAsync.deadlock_context.set, True)
        ours._task.cancel()
        ours._task = None
        begun.run(ours.join, next(iter(ours.sockets)))
        assert patient_channel(people.alice.pk) in (await socket.next("heartbeat"))["channels"]
        begun.run(ours.deliveries.add, "7b1c1a52-9f53-4d83-8dc5-0f8b4c9c6f10", people.alice.pk)
        await ours.deliveries._keeping
    assert "would deadlock" not in caplog.text
