"""What a client may send: `resume`, `ack`, `ping`, `token`. Anything else gets an `error`, never a traceback."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from channels.db import database_sync_to_async
from django.core.exceptions import ValidationError

from accounts.fields import parse_uuid
from accounts.models import User
from accounts.refusals import Refused
from notifications.alerts import acknowledge_notification
from notifications.auth import Unauthenticated, by_token
from notifications.events import Json
from notifications.models import Notification
from notifications.positions import BadPositions, checked_positions

if TYPE_CHECKING:
    from notifications.consumers import NotificationConsumer


class BadFrame(Exception):
    """`code` for programs, text for the person who wrote the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse(text: str | None) -> Json:
    """The frame as a dict with a known `type`. Raises BadFrame."""
    if text is None:
        raise BadFrame("binary", "Binary frames are not understood; send JSON as text.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("bad_json", "The frame is no JSON.") from None
    if not isinstance(frame, dict):
        raise BadFrame("not_an_object", "A frame is a JSON object.")
    kind = frame.get("type")
    if not isinstance(kind, str) or kind not in HANDLERS:
        raise BadFrame("unknown_type", f"A frame's type is one of {', '.join(sorted(HANDLERS))}.")
    return frame


async def handle(socket: "NotificationConsumer", frame: Json) -> None:
    """Raises BadFrame for what cannot be done."""
    await HANDLERS[frame["type"]](socket, frame)


async def _ping(socket: "NotificationConsumer", frame: Json) -> None:
    await socket.send_frame({"type": "pong"})


async def _resume(socket: "NotificationConsumer", frame: Json) -> None:
    try:
        since = checked_positions(frame.get("since"), socket.channels, name="since")
    except BadPositions as bad:
        raise BadFrame(bad.code, str(bad)) from None
    await socket.replay.resume(since)


async def _ack(socket: "NotificationConsumer", frame: Json) -> None:
    notification_id = parse_uuid(frame.get("id"))
    if notification_id is None:
        raise BadFrame("bad_id", "`id` is the id of the notification to acknowledge.")
    assert socket.credential
    await _acknowledge(socket.credential.user_id, notification_id, frame.get("note", ""))


@database_sync_to_async
def _acknowledge(user_id: UUID, notification_id: UUID, note: object) -> None:
    user = User.objects.get(pk=user_id)
    try:
        notification = Notification.objects.visible_to(user).select_related("alert").get(pk=notification_id)
        acknowledge_notification(notification, by=user, note=note)  # type: ignore[arg-type]  # checked inside
    except Notification.DoesNotExist:
        raise BadFrame("not_found", "There is no such notification for you.") from None
    except Refused as refused:
        raise BadFrame(refused.code, refused.detail) from None
    except ValidationError as error:
        raise BadFrame("bad_note", " ".join(error.messages)) from None


async def _token(socket: "NotificationConsumer", frame: Json) -> None:
    raw = frame.get("token")
    try:
        if not isinstance(raw, str):
            raise Unauthenticated
        user, credential = await by_token(raw)
    except Unauthenticated:
        raise BadFrame("bad_token", "That token does not open a socket; the old one still counts.") from None
    if socket.credential is None or user.pk != socket.credential.user_id:
        raise BadFrame("not_your_token", "That token is another person's.")
    socket.use(credential)


HANDLERS: dict[str, Callable[["NotificationConsumer", Json], Awaitable[None]]] = {
    "ping": _ping,
    "resume": _resume,
    "ack": _ack,
    "token": _token,
}
