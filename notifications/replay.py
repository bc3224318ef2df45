"""Bringing a client what it lacks, in order and in pages, while live frames wait their turn."""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async

from notifications.events import Json
from notifications.models import Notification
from notifications.streams import heads

if TYPE_CHECKING:
    from notifications.consumers import NotificationConsumer

PAGE = 200
PAGE_BYTES = 256 * 1024
"""So that a page always fits into what may wait for a client (NOTIFICATIONS_MAX_UNSENT_BYTES)."""
MAX_WAITING = 1000


@dataclass
class Page:
    frames: list[tuple[str, str]] = field(default_factory=list)
    """Id and text of each notification, in the order in which they are sent."""
    positions: dict[str, int] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)
    """The channels of which more follows than fitted."""
    recovered: bool = True
    bytes: int = 0

    @property
    def more(self) -> bool:
        return bool(self.behind)

    def take(self, channel: str, seq: int, body: Json) -> bool:
        """False where it does not fit any more; the first one always does."""
        text = json.dumps(body)
        if self.frames and (len(self.frames) >= PAGE or self.bytes + len(text) > PAGE_BYTES):
            return False
        self.frames.append((body["id"], text))
        self.positions[channel] = seq
        self.bytes += len(text)
        return True


class Replay:
    """Live notifications never overtake the replay of their channel: they wait here until its page has been sent.

    Those of a channel of which more pages follow are dropped, since the next page brings them. What belongs to no
    channel at stake goes out at once.
    """

    def __init__(self, socket: "NotificationConsumer") -> None:
        self._socket = socket
        self._held: set[str] = set()
        """The channels at stake."""
        self._waiting: deque[str] | None = None
        """What came live on them while a page is being sent."""

    async def resume(self, since: dict[str, int]) -> None:
        """Raises what `read_page` raises; what waited goes out all the same, and the client sees the hole."""
        self._held, self._waiting = set(since), deque()
        page = Page(positions=dict(since))
        try:
            page = await read_page(since)
            for notification_id, text in page.frames:
                await self._socket.hand_on(text, notification_id)
            await self._socket.send_frame({"type": "resumed", "recovered": page.recovered, "more": page.more})
        finally:
            await self._let_go(page)

    async def _let_go(self, page: Page) -> None:
        """What comes while this runs waits behind what waited: the order stays."""
        try:
            while self._waiting:
                text = self._waiting.popleft()
                channel, seq = _place(text)
                if channel not in page.behind and seq > page.positions.get(channel, -1):
                    await self._socket.hand_on(text)
        finally:
            self._held, self._waiting = page.behind, None

    def holds(self, text: str) -> bool:
        """True where a live frame must not go out now: it waits, or the next page brings it."""
        if not self._held or _place(text)[0] not in self._held:
            return False
        if self._waiting is not None and len(self._waiting) < MAX_WAITING:
            self._waiting.append(text)  # beyond it the heartbeat's heads show what is missing
        return True


def _place(text: str) -> tuple[str, int]:
    """Channel and seq of a frame. Anything may be published on Redis: what has no place belongs to no channel."""
    try:
        frame = json.loads(text)
        channel, seq = frame["channel"], frame["seq"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return "", 0
    return (channel, seq) if isinstance(channel, str) and isinstance(seq, int) else ("", 0)


@database_sync_to_async
def read_page(since: dict[str, int]) -> Page:
    """What follows `since` on each channel, up to PAGE notifications and PAGE_BYTES in all."""
    page = Page(positions=dict(since))
    for channel, head in heads(sorted(since)).items():
        _fill(page, channel, since[channel], head)
        if page.positions[channel] < head:
            page.behind.add(channel)
    return page


def _fill(page: Page, channel: str, after: int, head: int) -> None:
    following = Notification.objects.kept().filter(stream=channel, seq__gt=after).order_by("seq")
    room = max(PAGE - len(page.frames), 1)
    position = after
    for seq, body in following.values_list("seq", "body")[:room]:
        if not page.take(channel, seq, body):
            return
        page.recovered = page.recovered and seq == position + 1
        position, room = seq, room - 1
    if room and (position < head or after > head):  # no more rows, and the stream is elsewhere
        page.recovered = False
        page.positions[channel] = head
