"""E-mail beside a critical notification, for those who have no page open. Never with anything about the patient."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import User
from notifications import publisher


def mail_those_who_are_away(readers: Sequence[tuple[str, User]]) -> None:
    """In the caller's transaction: an e-mail, as a job, to each person who has no live connection now."""
    from notifications.tasks import send_alert_mail

    for channel, user in readers:
        if not is_connected(channel):
            send_alert_mail.defer(user_id=str(user.pk))


def is_connected(channel: str) -> bool:
    """Whether a socket of the channel's reader is open in any process. A Redis that is away counts as no."""
    client: Any = publisher.connection()
    try:
        ((_, subscribers),) = client.pubsub_numsub(channel)
    except redis.RedisError:
        return False
    return bool(subscribers)


def send(user_id: UUID) -> None:
    """Raises OSError where the mail server does not answer; the job is then tried again."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        context = {"user": user, "address": f"{settings.ALLOWED_ORIGINS[0]}/notifications/alerts/"}
        text = render_to_string("notifications/mail/alert.txt", context)
        send_mail("HealthHub: something critical waits for you", text, None, [user.email])
