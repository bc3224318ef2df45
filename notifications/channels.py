"""The spec's channel names, the Channels group names that stand for them, and who reads which.

Channels forbids ":" in a group's name, so the group `doctor.<id>.notifications` stands for the channel
`doctor:<id>:notifications`; layers.py turns it back, so that Redis sees the spec's name.
"""

import re
from uuid import UUID

from accounts.models import User

SYSTEM_ALERTS = "system:alerts"
PATTERNS = "doctor:<id>:notifications, patient:<id>:notifications, admin:<id>:notifications or system:alerts"
CHANNEL = re.compile(r"(?P<kind>doctor|patient|admin):(?P<id>[A-Za-z0-9_-]{1,64}):notifications\Z")


def doctor_channel(doctor_id: UUID | str) -> str:
    return f"doctor:{doctor_id}:notifications"


def patient_channel(patient_id: UUID | str) -> str:
    return f"patient:{patient_id}:notifications"


def admin_channel(admin_id: UUID | str) -> str:
    return f"admin:{admin_id}:notifications"


def administrator_channels(*, but: UUID) -> list[str]:
    """Of all administrators who are there, `but` the one who is the patient."""
    others = User.objects.filter(is_active=True, is_staff=True).exclude(pk=but)
    return [admin_channel(pk) for pk in others.order_by("pk").values_list("pk", flat=True)]


def session_channel(user_id: UUID | str) -> str:
    """Not a stream: frames for a person's own open sockets (`updated`, `refresh`) and the order to close them."""
    return f"user:{user_id}:session"


EVERY_SESSION = "everyone:session"
"""Neither: frames for whoever has a socket open (`refresh` of what everyone may see)."""


def recipient_of(channel: str) -> str | None:
    """The id in the channel's name, None for everyone's.

    Raises ValueError for a name outside the spec's patterns.
    """
    if channel == SYSTEM_ALERTS:
        return None
    match = CHANNEL.match(channel) if isinstance(channel, str) else None
    if not match:
        raise ValueError(f"{channel!r} is no channel. Channels are {PATTERNS}.")
    return match["id"]


def channels_for(user: User) -> list[str]:
    """The streams a person reads, by role; everyone reads the system's, a laboratory only that."""
    channel_of = {"admin": admin_channel, "doctor": doctor_channel, "patient": patient_channel}
    return [*(channel_of[role](user.pk) for role in user.roles if role in channel_of), SYSTEM_ALERTS]


def personal_channel(user: User) -> str | None:
    """The first of the streams that are the person's own; None for somebody who has none."""
    first = channels_for(user)[0]
    return None if first == SYSTEM_ALERTS else first


def group_name(channel: str) -> str:
    return channel.replace(":", ".")


def channel_name(group: str) -> str:
    return group.replace(".", ":")
