"""Keeping what was handed to sockets: soon, and many in one statement."""

import asyncio
import contextvars
import logging
from functools import partial
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from notifications.receipts import mark

logger = logging.getLogger(__name__)
KEPT_AFTER = 1.0
"""Seconds: what a killed server can lose of this fact. The notification itself is safe."""
_mark_delivered = database_sync_to_async(partial(mark, "delivered_at"))


class Deliveries:
    """Notifications and their readers, from the moment they are handed on until the database has them."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, UUID]] = []
        self._keeping: asyncio.Task[None] | None = None

    def add(self, notification_id: str, user_id: UUID) -> None:
        self._pairs.append((notification_id, user_id))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_soon(), context=contextvars.Context())

    async def _keep_soon(self) -> None:
        await asyncio.sleep(KEPT_AFTER)
        await self.keep()

    async def keep(self) -> None:
        """Now. What a database that is away does not take is kept with the next ones, or at the next heartbeat."""
        pairs, self._pairs = self._pairs, []
        try:
            await _mark_delivered(pairs)
        except BaseException as error:  # also where a heartbeat has waited for long enough; twice is the same as once
            self._pairs += pairs
            if not isinstance(error, DatabaseError):
                raise
            logger.warning("Delivery is kept later: %s", error)
