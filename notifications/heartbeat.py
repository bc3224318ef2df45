"""One task a process: a heartbeat with the heads to every socket, and an end to those whose sign-in is over."""

import asyncio
import contextvars
import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error as DatabaseError

from notifications import codes
from notifications.deliveries import Deliveries
from notifications.sessions import Credential
from notifications.state import Pulse, pulse

if TYPE_CHECKING:
    from notifications.consumers import NotificationConsumer

logger = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that clients wait at a beat for the database, which those who ask one that is away do one after another."""


class Heart:
    """Beats while any socket is open on its event loop."""

    def __init__(self) -> None:
        self.sockets: set[NotificationConsumer] = set()
        self.deliveries = Deliveries()
        self._task: asyncio.Task[None] | None = None

    def join(self, socket: "NotificationConsumer") -> None:
        self.sockets.add(socket)
        if self._task is None or self._task.done():
            # In a context of its own: it outlives the socket that began it, and must not inherit where that one stands.
            self._task = asyncio.create_task(self._run(), context=contextvars.Context())

    def leave(self, socket: "NotificationConsumer") -> None:
        self.sockets.discard(socket)
        # A beat that ends the last socket comes here itself: it then ends when it sees that none is left.
        if not self.sockets and self._task and self._task is not asyncio.current_task():
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while self.sockets:
            await asyncio.sleep(settings.NOTIFICATIONS_HEARTBEAT_SECONDS)
            try:
                await self.beat()
            except Exception:
                logger.exception("A heartbeat failed; the next one comes.")

    async def beat(self) -> None:
        sockets = [socket for socket in self.sockets if socket.credential]
        credentials = [socket.credential for socket in sockets if socket.credential]
        channels = sorted({name for socket in sockets for name in socket.channels})
        looking = asyncio.create_task(self._look(channels, credentials))
        try:
            while not (await asyncio.wait({looking}, timeout=PATIENCE))[0]:
                await _say(sockets, {})
            now = looking.result()
        finally:
            looking.cancel()
        for socket in sockets:
            if socket.credential in now.over:
                await socket.end(codes.SIGNED_OUT)
        await _say([socket for socket in sockets if socket.credential not in now.over], now.heads)

    async def _look(self, channels: list[str], credentials: list[Credential]) -> Pulse:
        await self.deliveries.keep()
        try:
            return await pulse(channels, credentials)
        except DatabaseError as error:
            logger.warning("Heartbeat without heads: %s", error)
            return Pulse(heads={}, over=frozenset())


async def _say(sockets: list["NotificationConsumer"], heads: dict[str, int]) -> None:
    """Without heads it still says that the server lives: nobody must take a database that is away for a dead server."""
    for socket in sockets:
        own = {name: heads[name] for name in socket.channels if name in heads}
        await socket.send_frame({"type": "heartbeat", "channels": own})


_hearts: "WeakKeyDictionary[asyncio.AbstractEventLoop, Heart]" = WeakKeyDictionary()


def heart() -> Heart:
    """The running loop's."""
    return _hearts.setdefault(asyncio.get_running_loop(), Heart())
