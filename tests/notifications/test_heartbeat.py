"""A database that is away or slow does not silence the heart: its clients would take the server for dead."""

import asyncio
from uuid import uuid4

import pytest

from notifications import deliveries, heartbeat
from notifications.heartbeat import Heart
from notifications.state import Pulse

pytestmark = pytest.mark.asyncio


class Listener:
    """As much of a socket as a beat knows."""

    def __init__(self):
        self.credential = object()
        self.channels = ["system:alerts"]
        self.frames = []
        self.heard_twice = asyncio.Event()

    async def send_frame(self, frame):
        self.frames.append(frame)
        if len(self.frames) == 2:
            self.heard_twice.set()


async def never(*args):
    await asyncio.Event().wait()


@pytest.fixture
def heart(monkeypatch):
    monkeypatch.setattr(heartbeat, "PATIENCE", 0.05)
    heart = Heart()
    heart.sockets = {Listener()}
    return heart


async def test_while_the_database_does_not_answer_there_are_heartbeats_without_heads_and_then_the_heads(
    heart, monkeypatch
):
    answered = asyncio.Event()

    async def pulse_later(channels, credentials):
        await answered.wait()
        return Pulse(heads={"system:alerts": 7}, over=frozenset())

    monkeypatch.setattr(heartbeat, "pulse", pulse_later)
    monkeypatch.setattr(deliveries, "_mark_delivered", lambda pairs: asyncio.sleep(0))
    beating = asyncio.create_task(heart.beat())
    (listener,) = heart.sockets
    await asyncio.wait_for(listener.heard_twice.wait(), 2)
    answered.set()
    await asyncio.wait_for(beating, 2)
    assert all(frame == {"type": "heartbeat", "channels": {}} for frame in listener.frames[:-1])
    assert listener.frames[-1] == {"type": "heartbeat", "channels": {"system:alerts": 7}}


async def test_deliveries_that_were_being_kept_when_the_heart_stopped_are_kept_with_the_next(heart, monkeypatch):
    pair = (str(uuid4()), uuid4())
    kept = []
    heart.deliveries._pairs = [pair]
    monkeypatch.setattr(deliveries, "_mark_delivered", never)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(heart.beat(), 0.2)
    await asyncio.sleep(0)

    async def mark(pairs):
        kept.extend(pairs)

    monkeypatch.setattr(deliveries, "_mark_delivered", mark)
    await heart.deliveries.keep()
    assert kept == [pair]
