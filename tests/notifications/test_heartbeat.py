"""A database that is away or slow does not silence the heart: its clients would take the server for dead."""

import asyncio
from uuid import uuid4

import pytest

from notifications import deliveries, heartbeat
from notifications.heartbeat import Heart

pytestmark = pytest.mark.asyncio


class Listener:
    """As much of a socket as a beat knows."""

    def __init__(self):
        self.credential = object()
        self.channels = ["system:alerts"]
        self.frames = []

    async def send_frame(self, frame):
        self.frames.append(frame)


async def never(*args):
    await asyncio.Event().wait()


@pytest.fixture
def heart(monkeypatch):
    monkeypatch.setattr(heartbeat, "PATIENCE", 0.05)
    heart = Heart()
    heart.sockets = {Listener()}
    return heart


async def test_a_database_that_does_not_answer_leaves_a_heartbeat_without_heads(heart, monkeypatch):
    monkeypatch.setattr(heartbeat, "pulse", never)
    monkeypatch.setattr(deliveries, "_mark_delivered", lambda pairs: asyncio.sleep(0))
    await asyncio.wait_for(heart.beat(), 2)
    (listener,) = heart.sockets
    assert listener.frames == [{"type": "heartbeat", "channels": {}}]


async def test_deliveries_that_could_not_be_kept_by_then_are_kept_with_the_next(heart, monkeypatch):
    pair = (str(uuid4()), uuid4())
    kept = []
    heart.deliveries._pairs = [pair]
    monkeypatch.setattr(deliveries, "_mark_delivered", never)
    await asyncio.wait_for(heart.beat(), 2)

    async def mark(pairs):
        kept.extend(pairs)

    monkeypatch.setattr(deliveries, "_mark_delivered", mark)
    await heart.deliveries.keep()
    assert kept == [pair]
