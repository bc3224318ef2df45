"""Odd frames: an `error` or a close code, never 1011, never a traceback, never a notification."""

import json

import pytest
from asgiref.sync import sync_to_async

from notifications.channels import patient_channel
from notifications.models import Notification
from tests.notifications.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

ODD = {
    "broken": ("{", "bad_json"),
    "blank": (" ", "bad_json"),
    "4,000 levels deep": ("[" * 4000 + "]" * 4000, "bad_json"),
    "5,000 levels deep": ("[" * 5000, "bad_json"),
    "deep and broken": ('{"a":' * 1300, "bad_json"),
    "a list": ("[]", "not_an_object"),
    "a number": ("5", "not_an_object"),
    "null": ("null", "not_an_object"),
    "no type": ("{}", "unknown_type"),
    "type null": ('{"type": null}', "unknown_type"),
    "type number": ('{"type": 5}', "unknown_type"),
    "type list": ('{"type": ["ping"]}', "unknown_type"),
    "type object": ('{"type": {"a": 1}}', "unknown_type"),
    "unknown": ('{"type": "subscribe"}', "unknown_type"),
    "a handler's name": ('{"type": "websocket.disconnect"}', "unknown_type"),
    "NaN": ("NaN", "not_an_object"),
    "a notification": ('{"type": "critical_lab_result", "urgent": true}', "unknown_type"),
    "resume without since": ('{"type": "resume"}', "bad_since"),
    "resume of nothing": ('{"type": "resume", "since": {}}', "bad_since"),
    "resume of a list": ('{"type": "resume", "since": []}', "bad_since"),
    "ack without id": ('{"type": "ack"}', "bad_id"),
    "ack of nonsense": ('{"type": "ack", "id": {"a": 1}}', "bad_id"),
    "ack of nothing": ('{"type": "ack", "id": "7b1c1a52-9f53-4d83-8dc5-0f8b4c9c6f10"}', "not_found"),
}


@pytest.fixture
async def alice(cast):
    return await sync_to_async(lambda: cast.alice)()


@pytest.mark.parametrize("kind", ODD)
async def test_an_odd_frame_gets_an_error_and_the_socket_lives(alice, kind, caplog):
    frame, code = ODD[kind]
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send(frame)
        answer = await socket.frame()
        assert (answer["type"], answer["code"]) == ("error", code)
        assert answer["message"]
        await socket.send({"type": "ping"})
        assert (await socket.frame())["type"] == "pong"
    assert "Traceback" not in caplog.text


async def test_a_binary_frame_gets_an_error(alice):
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.communicator.send_to(bytes_data=b"\x00\x01")
        assert (await socket.frame())["code"] == "binary"


async def test_a_frame_over_8_kib_is_closed_with_4413(alice):
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send(json.dumps({"type": "ping", "padding": "x" * 8192}))
        assert await socket.close_code() == 4413


async def test_eight_kib_are_counted_in_bytes(alice):
    async with Socket.of(alice) as socket:
        await socket.ready()
        await socket.send(json.dumps({"type": "ping", "padding": "ü" * 5000}, ensure_ascii=False))
        assert await socket.close_code() == 4413


async def test_too_many_frames_are_closed_with_4429(alice, settings):
    settings.NOTIFICATIONS_MAX_FRAMES_PER_MINUTE = 5
    async with Socket.of(alice) as socket:
        await socket.ready()
        for _ in range(5):
            await socket.send({"type": "ping"})
        assert await socket.close_code() == 4429


async def test_a_client_can_never_inject_a_notification(alice):
    forged = {
        "type": "system_alert",
        "channel": patient_channel(alice.pk),
        "severity": "critical",
        "message": "x",
    }
    async with Socket.of(alice) as socket, Socket.of(alice) as listener:
        await socket.ready(), await listener.ready()
        await socket.send(forged)
        assert (await socket.frame())["type"] == "error"
        assert await listener.hears_nothing()
    assert not await Notification.objects.aexists()


@pytest.mark.parametrize("garbage", [b"oops", b"\xff\xfe", b"{", b"", b"!close-not-quite"])
async def test_garbage_on_the_redis_channel_ends_no_reader(alice, garbage):
    from notifications import publisher
    from notifications.dispatch import publish_notification

    async with Socket.of(alice) as socket:
        await socket.ready()
        await sync_to_async(publisher.connection().publish)(patient_channel(alice.pk), garbage)
        await publish_notification(patient_channel(alice.pk), {"type": "after"})
        assert (await socket.next())["type"] == "after"
