"""Bringing a client what it lacks, in order and in pages, while live frames wait their turn."""

import json
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
    recovered: bool = True
    more: bool = False
    bytes: int = 0

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
    """Live notifications never overtake the replay: they wait here until the last page has been sent.

    Between two pages those of the channels at stake are dropped, since the next page brings them.
    """

    def __init__(self, socket: "NotificationConsumer") -> None:
        self._socket = socket
        self._held: dict[str, int] = {}
        """The channels at stake, and the last seq sent on each."""
        self._waiting: list[str] | None = None

    async def resume(self, since: dict[str, int]) -> None:
        self._held = dict(since)
        self._waiting = []
        page = await read_page(since)
        for notification_id, text in page.frames:
            await self._socket.hand_on(text, notification_id)
        self._held = page.positions
        await self._socket.send_frame({"type": "resumed", "recovered": page.recovered, "more": page.more})
        waiting, self._waiting = self._waiting, None
        if page.more:
            return
        held, self._held = self._held, {}
        for text in waiting:
            if not _sent_already(text, held):
                await self._socket.hand_on(text)

    def holds(self, text: str) -> bool:
        """True where a live frame must not go out now: it waits, or the next page brings it."""
        if not self._held:
            return False
        if self._waiting is not None:
            if len(self._waiting) < MAX_WAITING:  # beyond it the heartbeat's heads show what is missing
                self._waiting.append(text)
            return True
        return json.loads(text).get("channel") in self._held


def _sent_already(text: str, positions: dict[str, int]) -> bool:
    frame = json.loads(text)
    return frame.get("seq", 0) <= positions.get(frame.get("channel"), -1)


@database_sync_to_async
def read_page(since: dict[str, int]) -> Page:
    """What follows `since` on each channel, up to PAGE notifications and PAGE_BYTES in all."""
    page = Page(positions=dict(since))
    for channel, head in heads(sorted(since)).items():
        _fill(page, channel, since[channel], head)
        page.more = page.more or page.positions[channel] < head
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
