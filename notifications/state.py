"""What sockets need from the database: a person's opening state, and the heartbeat's look at everyone."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from notifications.events import Json
from notifications.inbox import unread_count
from notifications.sessions import Credential
from notifications.streams import heads


@database_sync_to_async
def opening_state(user: User, channels: Sequence[str]) -> Json:
    """The part of `ready` that the database knows. Join the groups first, or what comes between is lost."""
    return {"channels": heads(channels), "unread_count": unread_count(user)}


@dataclass(frozen=True)
class Pulse:
    heads: dict[str, int]
    over: frozenset[Credential]
    """Credentials that no longer open a socket."""


@database_sync_to_async
def pulse(channels: Sequence[str], credentials: Sequence[Credential]) -> Pulse:
    """The heads of all streams and the credentials that are over: three queries for a whole process."""
    people = User.objects.select_related("doctor", "patient").in_bulk({c.user_id for c in credentials})
    keys = {c.session_key for c in credentials if c.session_key}
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    over = frozenset(c for c in credentials if not _still_good(c, people.get(c.user_id), alive))
    return Pulse(heads=heads(channels), over=over)


def _still_good(credential: Credential, user: User | None, sessions: set[str]) -> bool:
    return (
        user is not None
        and user.is_active
        and user.password == credential.password_hash
        and tuple(user.roles) == credential.roles
        and (credential.session_key is None or credential.session_key in sessions)
    )
