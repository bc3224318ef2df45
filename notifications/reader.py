"""One long-lived task a socket that reads its groups and hands each frame's text on.

Channels' own dispatch starts two tasks for every message, which cost five times as much (docs/architecture.md).
"""

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from channels.layers import get_channel_layer

from notifications.channels import group_name

logger = logging.getLogger(__name__)


class Reader:
    """`failed` is called, once, when it cannot go on: a socket that stays open without a reader would be deaf."""

    def __init__(
        self, channels: Sequence[str], deliver: Callable[[str], Awaitable[None]], failed: Callable[[], None]
    ) -> None:
        self._layer: Any = get_channel_layer()
        self._groups = [group_name(name) for name in channels]
        self._deliver = deliver
        self._failed = failed
        self._channel = ""
        self._task: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """When it returns, everything published from now on is delivered. Raises RedisError."""
        self._channel = await self._layer.new_channel()
        for group in self._groups:
            await self._layer.group_add(group, self._channel)
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())

    async def _run(self) -> None:
        try:
            while True:
                await self._deliver(await self._layer.receive(self._channel))
        except Exception:
            logger.exception("A socket's reader failed.")
            self._failed()

    async def leave(self) -> None:
        """Give everything back; a Redis that is gone has forgotten us anyway."""
        try:
            if self._task:
                self._task.cancel()
                # Not awaited as such: its cancellation would look like one that is meant for our caller.
                await asyncio.wait([self._task])
        finally:
            for group in self._groups:
                with contextlib.suppress(Exception):
                    await self._layer.group_discard(group, self._channel)
            with contextlib.suppress(Exception):
                await self._layer.forget(self._channel)
