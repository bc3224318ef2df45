"""E-mail beside a critical notification, for those who have no page open. Never with anything about the patient."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import User
from notifications import publisher
from notifications.channels import recipient_of, session_channel


def mail_those_who_are_away(channels: Iterable[str]) -> None:
    """In the caller's transaction: a job that mails each of these channels' readers who has no live connection.

    Who that is is asked in the job: here streams are locked, and a Redis that hangs would hold all their writers up.
    """
    from notifications.tasks import mail_whoever_is_away

    people = sorted({reader for channel in channels if (reader := recipient_of(channel))})
    if people:
        mail_whoever_is_away.defer(user_ids=people)


def away(user_ids: Sequence[str]) -> list[str]:
    """Those without an open socket in any process. Where Redis does not answer nobody is known to be there: all.

    Only our sockets join a person's session channel; whoever listens to their notifications with another program,
    or has left half a connection behind, is not there.
    """
    client: Any = publisher.connection()
    try:
        listening = client.pubsub_numsub(*map(session_channel, user_ids))
    except redis.RedisError:
        return list(user_ids)
    return [user_id for user_id, (_, sockets) in zip(user_ids, listening, strict=True) if not sockets]


def send(user_id: UUID) -> None:
    """Raises OSError where the mail server does not answer; the job is then tried again."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        context = {"user": user, "address": f"{settings.ALLOWED_ORIGINS[0]}/notifications/alerts/"}
        text = render_to_string("notifications/mail/alert.txt", context)
        send_mail("HealthHub: something critical waits for you", text, None, [user.email])
