"""A socket in a test: the real ASGI application, the real channel layer, without a network between."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

from channels.testing import WebsocketCommunicator
from rest_framework_simplejwt.tokens import AccessToken

from healthhub.asgi import application

CONTROL = {"ready", "heartbeat", "resumed", "updated", "refresh", "pong", "error"}


def token_of(person: Any) -> str:
    return str(AccessToken.for_user(getattr(person, "user", person)))


class Socket:
    """`async with Socket.of(cast.alice) as socket: await socket.next()`"""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.communicator = WebsocketCommunicator(application, path, headers=headers)

    @classmethod
    def of(cls, person: Any, *, token: str | None = None, path_id: Any = None) -> Self:
        raw = token_of(person) if token is None else token
        return cls(f"/ws/{path_id or person.pk}?token={raw}")

    async def __aenter__(self) -> Self:
        connected, _ = await self.communicator.connect(timeout=5)
        assert connected
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.communicator.disconnect(timeout=5)

    async def send(self, frame: Any) -> None:
        await self.communicator.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))

    async def frame(self, timeout: float = 5) -> dict[str, Any]:
        """The next frame, whatever it is."""
        return json.loads(await self.communicator.receive_from(timeout=timeout))

    async def ready(self) -> dict[str, Any]:
        frame = await self.frame()
        assert frame["type"] == "ready", frame
        return frame

    async def next(self, kind: str | None = None) -> dict[str, Any]:
        """The next notification, or the next frame of that type."""
        while True:
            frame = await self.frame()
            if frame["type"] == kind or (kind is None and frame["type"] not in CONTROL):
                return frame

    async def close_code(self) -> int:
        """Waits for the close and returns its code; frames before it are passed over."""
        while True:
            output = await self.communicator.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                return output.get("code", 1000)

    async def hears_nothing(self) -> bool:
        """True when everything published until now has been handed on and none of it came here."""
        await self.send({"type": "ping"})
        while True:
            frame = await self.frame()
            if frame["type"] == "pong":
                return True
            if frame["type"] not in CONTROL:
                return False


async def eventually(look: Callable[[], Awaitable[Any]], timeout: float = 5) -> Any:
    """What `look` finds, once it finds something. Raises TimeoutError."""
    async with asyncio.timeout(timeout):
        while not (found := await look()):  # noqa: ASYNC110  (a row has no event to wait for)
            await asyncio.sleep(0.02)
    return found
