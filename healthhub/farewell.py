"""How a server ends: nobody new, a goodbye to every socket, an answer to every request that runs, and then the end.

A page's view waits in a thread for the event loop more than once. Were the loop stopped under it, the thread would wait
for ever, and the process with it.
"""

import asyncio
import contextvars
import importlib
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

logger = logging.getLogger(__name__)
FAREWELL_SECONDS = 3
LAST_SECONDS = 2 * FAREWELL_SECONDS + 2
Application = Callable[..., Awaitable[None]]


class Requests:
    """An ASGI application around another, that knows which HTTP requests run."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.running: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self.application(scope, receive, send)
            return
        self.running.add(task)
        try:
            await self.application(scope, receive, send)
        finally:
            self.running.discard(task)

    async def answered(self) -> None:
        """None runs any more, or they have had FAREWELL_SECONDS."""
        loop = asyncio.get_running_loop()
        end = loop.time() + FAREWELL_SECONDS
        while self.running and (left := end - loop.time()) > 0:
            await asyncio.wait(set(self.running), timeout=left)


class Farewell:
    """`begin` may be called from a signal handler, and more than once."""

    def __init__(self, requests: Requests, ports: list[Any]) -> None:
        self._requests, self._ports = requests, ports
        self._task: asyncio.Future[None] | None = None

    def begin(self) -> None:
        # In a context of its own: the signal may interrupt a task that asks the database, and whoever inherited that
        # task's context could not ask it ("Single thread executor already being used").
        contextvars.Context().run(_reactor().callFromThread, self._begin)
        last = threading.Timer(LAST_SECONDS, _leave)
        last.daemon = True
        last.start()

    def _begin(self) -> None:
        self._task = self._task or asyncio.ensure_future(self._close_and_stop())

    async def _close_and_stop(self) -> None:
        from notifications.codes import RESTARTING
        from notifications.consumers import close_all

        try:
            for port in self._ports:
                port.stopListening()
            with suppress(TimeoutError):
                await asyncio.wait_for(close_all(RESTARTING), timeout=FAREWELL_SECONDS)
            await self._requests.answered()
            await asyncio.sleep(0.05)  # the last frames and answers leave before the connections do
        finally:
            _reactor().stop()


def _reactor() -> Any:
    return importlib.import_module("twisted.internet.reactor")


def _leave() -> None:
    """What still runs has had its time; whoever waits for it asks again, of the next server."""
    logger.warning("Something was still running after %d s; the server ends without it.", LAST_SECONDS)
    logging.shutdown()
    os._exit(0)
