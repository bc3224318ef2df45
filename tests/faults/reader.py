"""A client that wants everything, once: connects, resumes, drops what it has. What a phone does, in Python."""

import asyncio
import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.parse import urlencode

import websockets

from notifications.channels import channels_for
from notifications.models import Notification
from tests.faults.client_rules import CONTROL, ClientRules
from tests.notifications.sockets import token_of


class Reader:
    """`with Reader(person, addresses) as reader:`; `reader.shown` are the notifications as they were shown."""

    def __init__(
        self, person: Any, addresses: Sequence[str], position: dict[str, int] | None = None, *, silence: float = 6
    ) -> None:
        self.token, self.person_id = token_of(person), person.pk
        self.channels = channels_for(getattr(person, "user", person))
        self.addresses = addresses
        self.began = dict(position or {})
        """Where it stood when it connected first: what was committed since then is what it must show."""
        self.rules = ClientRules(position)
        self.closes: list[int | None] = []
        self.resets = 0
        self.errors: list[str] = []
        """Codes of what the server could not answer."""
        self.arrived: list[str] = []
        """The ids of all that came over the wire; a notification may come more than once, and is shown once."""
        self.inbox = ""
        """Where to read everything again when the server says that it cannot bring it back."""
        self.reloads = 0
        self.connected = threading.Event()
        self._silence = silence
        """Seconds after which a server that says nothing is taken for dead."""
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return self.rules.shown

    @property
    def shown_ids(self) -> list[str]:
        return [frame["id"] for frame in list(self.shown)]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self.connected.wait(15)
        return self

    def __exit__(self, *error: object) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(15)

    def has(self, expected: list[int], timeout: float = 30) -> bool:
        """Waits until the numbers `n` of what was shown are these, in order and once each."""
        return wait_for(lambda: [frame["n"] for frame in self.shown if "n" in frame] == expected, timeout)

    def committed(self) -> set[str]:
        """The ids of what was committed on its channels since it began."""
        found: set[str] = set()
        for channel in self.channels:
            since = Notification.objects.filter(stream=channel, seq__gt=self.began.get(channel, 0))
            found.update(str(pk) for pk in since.values_list("pk", flat=True))
        return found

    def assert_in_order(self) -> None:
        for channel in self.channels:
            seqs = [frame["seq"] for frame in list(self.shown) if frame["channel"] == channel]
            first = self.began.get(channel, 0) + 1
            assert seqs == list(range(first, first + len(seqs))), channel

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        attempt = 0
        while not self._stop.is_set():
            url = self.addresses[attempt % len(self.addresses)]
            attempt += 1
            try:
                await self._listen(f"{url}/ws/{self.person_id}?token={self.token}")
            except (OSError, websockets.WebSocketException, TimeoutError):
                self.closes.append(None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.2)

    async def _listen(self, url: str) -> None:
        async with websockets.connect(url, open_timeout=3, close_timeout=1, ping_interval=None) as socket:
            self.rules.connected()
            while not self._stop.is_set():
                stopping = asyncio.ensure_future(self._stop.wait())
                receiving = asyncio.ensure_future(socket.recv())
                done, _ = await asyncio.wait(
                    {stopping, receiving}, timeout=self._silence, return_when=asyncio.FIRST_COMPLETED
                )
                stopping.cancel()
                if receiving not in done:
                    receiving.cancel()
                    return  # told to stop, or the server has been silent for several heartbeats
                try:
                    await self._take(socket, json.loads(receiving.result()))
                except websockets.ConnectionClosed as closed:
                    self.closes.append(closed.rcvd.code if closed.rcvd else None)
                    self.resets += isinstance(closed.__cause__, ConnectionResetError)
                    return

    async def _take(self, socket: Any, frame: dict[str, Any]) -> None:
        if frame["type"] not in CONTROL:
            self.arrived.append(frame["id"])
        if frame["type"] == "error":
            self.errors.append(frame["code"])
        answers = self.rules.take(frame)
        if self.rules.must_reload:
            answers = await asyncio.to_thread(self._reload)
        for answer in answers:
            await socket.send(json.dumps(answer))
        if frame["type"] == "ready" and not self.connected.is_set():
            self.began = {**frame["channels"], **self.began}
            self.connected.set()

    def _reload(self) -> list[dict[str, Any]]:
        """Past retention the socket cannot bring it back; the inbox, which forgets nothing, can."""
        self.reloads += 1
        for channel, after in list(self.rules.position.items()):
            url = f"{self.inbox}?{urlencode({'channel': channel, 'after': after})}"
            while url:
                asking = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})
                page = json.load(urllib.request.urlopen(asking, timeout=10))
                for notification in page["results"]:
                    self.rules.show(notification)
                url = page["next"]
        return self.rules.reloaded()


def wait_for(condition: Callable[[], bool], timeout: float) -> bool:
    """Looks until the condition holds; False when it did not in time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
