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
from notifications.state import Pulse, pulse

if TYPE_CHECKING:
    from notifications.consumers import NotificationConsumer

logger = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that a beat waits for the database: those who ask one that is away wait for longer, one after another."""


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
        try:
            async with asyncio.timeout(PATIENCE):
                await self.deliveries.keep()
                now = await pulse(channels, credentials)
        except (DatabaseError, TimeoutError) as error:
            # Still alive: a client must not take a database restart for a dead server.
            logger.warning("Heartbeat without heads: %s", error or "PostgreSQL takes its time")
            now = Pulse(heads={}, over=frozenset())
        for socket in sockets:
            if socket.credential in now.over:
                await socket.end(codes.SIGNED_OUT)
                continue
            heads = {name: now.heads[name] for name in socket.channels if name in now.heads}
            await socket.send_frame({"type": "heartbeat", "channels": heads})


_hearts: "WeakKeyDictionary[asyncio.AbstractEventLoop, Heart]" = WeakKeyDictionary()


def heart() -> Heart:
    """The running loop's."""
    return _hearts.setdefault(asyncio.get_running_loop(), Heart())
