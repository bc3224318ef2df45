"""One person's socket: accept, authenticate, join the groups, forward what they carry, answer a few frames."""

import asyncio
import json
import logging
import re
import time
from collections import deque
from functools import partial
from typing import Any, cast

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from redis import RedisError

from accounts.fields import parse_uuid
from accounts.models import User
from notifications import codes
from notifications.auth import Unauthenticated, authenticate
from notifications.channels import EVERY_SESSION, channels_for, session_channel
from notifications.events import Json
from notifications.frames import BadFrame, handle, parse
from notifications.heartbeat import heart
from notifications.reader import Reader
from notifications.replay import Replay
from notifications.sessions import ORDER, Credential, order_concerns
from notifications.state import opening_state

logger = logging.getLogger(__name__)
NOTIFICATION_ID = re.compile(r'"id": "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", "channel": ')
"""Where our publisher writes it; a socket needs nothing else of the frame."""


class NotificationConsumer(AsyncWebsocketConsumer):
    """`/ws/<user_id>`: the spec's socket. Every check comes after accept, so that a browser sees its code."""

    channel_layer_alias = ""  # none of Channels' own dispatch: reader.py reads the layer instead

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential: Credential | None = None
        self.channels: list[str] = []
        self.replay = Replay(self)
        self._reader: Reader | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._frame_times: deque[float] = deque(maxlen=settings.NOTIFICATIONS_MAX_FRAMES_PER_MINUTE)
        self._ended = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also where the server cancels it, or it fails
            await self._give_back()

    async def connect(self) -> None:
        await self.accept()
        try:
            user, credential = await authenticate(self.scope)
            if parse_uuid(self.scope["url_route"]["kwargs"]["user_id"]) != user.pk:
                await self.end(codes.NOT_YOURS)
            elif self._has_too_many(user):
                await self.end(codes.TOO_MANY)
            else:
                await self._go_live(user, credential)
        except Unauthenticated:
            await self.end(codes.UNAUTHENTICATED)
        except (DatabaseError, RedisError, OSError) as error:
            logger.warning("A socket could not be opened: %s", error)
            await self.end(codes.RESTARTING)
        except Exception:
            await self._fail("A socket could not be opened.")

    async def _go_live(self, user: User, credential: Credential) -> None:
        self.channels = channels_for(user)
        self.use(credential)
        heart().join(self)
        come_back = partial(self._end_soon, codes.RESTARTING)
        heard = [*self.channels, session_channel(user.pk), EVERY_SESSION]
        self._reader = Reader(heard, self._deliver, failed=come_back)
        # Join first, then read the heads: what is written in between is in the one or the other.
        await self._reader.join()
        state = await opening_state(user, self.channels)
        interval = settings.NOTIFICATIONS_HEARTBEAT_SECONDS
        await self.send_frame({"type": "ready", "user_id": str(user.pk), "heartbeat_interval": interval, **state})

    def use(self, credential: Credential) -> None:
        """Take this sign-in as the one that keeps the socket open, until it is too old to open one."""
        self.credential = credential
        if self._expiry:
            self._expiry.cancel()
        if credential.expires_at is not None:
            left = credential.expires_at + cast(int, settings.SIMPLE_JWT["LEEWAY"]) - time.time()
            self._expiry = asyncio.get_running_loop().call_later(max(left, 0), self._expire)

    def _expire(self) -> None:
        self._end_soon(codes.UNAUTHENTICATED)

    def _end_soon(self, code: int) -> None:
        """From where ending would have to wait for itself: the reader's own task, a timer."""
        self._ending = asyncio.ensure_future(self.end(code))

    def _has_too_many(self, user: User) -> bool:
        held = sum(socket.credential is not None and socket.credential.user_id == user.pk for socket in heart().sockets)
        return held >= settings.NOTIFICATIONS_MAX_SOCKETS_PER_USER

    # --- from the layer -----------------------------------------------------------------------------
    async def _deliver(self, text: str) -> None:
        if text.startswith(ORDER):
            if self.credential and order_concerns(text, self.credential):
                self._end_soon(codes.SIGNED_OUT)
        elif not _is_frame(text):
            logger.warning("Something that is no frame was published on a channel; it was not forwarded.")
        elif not self._ended and not self.replay.holds(text):
            await self.hand_on(text)

    # --- from the client ----------------------------------------------------------------------------
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._ended:
            return
        if len((text_data or "").encode() or bytes_data or b"") > settings.NOTIFICATIONS_MAX_FRAME_BYTES:
            await self.end(codes.FRAME_TOO_LARGE)
        elif self._too_fast():
            await self.end(codes.TOO_MANY)
        else:
            await self._answer(text_data)

    async def _answer(self, text: str | None) -> None:
        try:
            await handle(self, parse(text))
        except BadFrame as bad:
            await self.send_frame({"type": "error", "code": bad.code, "message": str(bad)})
        except (DatabaseError, RedisError) as error:
            logger.warning("A frame could not be answered: %s", error)
            await self.send_frame(
                {"type": "error", "code": "unavailable", "message": "Not possible right now; try again."}
            )
        except Exception:
            await self._fail("A frame could not be answered.")

    def _too_fast(self) -> bool:
        now = time.monotonic()
        self._frame_times.append(now)
        full = len(self._frame_times) == self._frame_times.maxlen
        return full and now - self._frame_times[0] < 60

    # --- to the client ------------------------------------------------------------------------------
    async def send_frame(self, frame: Json) -> None:
        if not self._ended:
            await self.send(text_data=json.dumps(frame))

    async def hand_on(self, text: str, notification_id: str = "") -> None:
        """A notification, as the text that it is; that it was delivered is kept soon after."""
        await self.send(text_data=text)
        if not notification_id and (found := NOTIFICATION_ID.search(text)):
            notification_id = found[1]
        if notification_id and self.credential:
            heart().deliveries.add(notification_id, self.credential.user_id)

    async def end(self, code: int) -> None:
        """Close with `code`, once; nothing is sent afterwards."""
        if not self._ended:
            self._ended = True
            await self._give_back()
            await self.close(code)

    async def _fail(self, words: str) -> None:
        """Something nobody thought of. Its client comes back to a fresh socket, rather than stay on a broken one."""
        logger.exception(words)
        await self.end(codes.RESTARTING)

    async def disconnect(self, code: int) -> None:
        self._ended = True
        await self._give_back()

    async def _give_back(self) -> None:
        heart().leave(self)
        if self._expiry:
            self._expiry.cancel()
        if reader := self._reader:
            self._reader = None
            await reader.leave()


def _is_frame(text: str) -> bool:
    """Cheap on purpose: it runs once for each socket. Our own publisher writes whole objects only."""
    return text.startswith("{") and text.endswith("}")


async def close_all(code: int) -> None:
    """Say goodbye on every socket of this process, so that clients know to come back."""
    await asyncio.gather(*(socket.end(code) for socket in list(heart().sockets)), return_exceptions=True)
    await heart().deliveries.keep()


async def refuse_unknown_path(scope: Any, receive: Any, send: Any) -> None:
    """Any other WebSocket path, without the traceback that an unrouted one logs."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": codes.NOT_YOURS})
