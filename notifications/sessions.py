"""Whose socket it is, and when it stops being theirs: signed out, deactivated, another role, a new password.

Each socket remembers what it was opened with. An order on the person's session channel closes it at once; the
heartbeat asks the database again, in case the order was lost.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from notifications.channels import session_channel
from notifications.publisher import publish

ORDER = "!close"
"""An order is no JSON, so nothing that is sent as a notification can be one."""


@dataclass(frozen=True)
class Credential:
    """What opened a socket. `fingerprint` names the sign-in without being able to sign in."""

    user_id: UUID
    fingerprint: str
    roles: tuple[str, ...]
    expires_at: float | None
    """Unix time for a token, None for a session, which the heartbeat asks about."""
    password_hash: str
    session_key: str | None = None


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def close_sockets(user: User, *, only: str = "") -> None:
    """Order every open socket of the person to close with 4408; with `only`, those of that one sign-in."""
    publish([(session_channel(user.pk), f"{ORDER} {only}".strip())])


def order_concerns(text: str, credential: Credential) -> bool:
    _, _, only = text.partition(" ")
    return not only or only == credential.fingerprint
