"""A sign-in that ends takes its sockets with it; a ladder that changes moves the clocks of who stands on it."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.signals import sign_in_ended
from notifications.ladder import ladder_changed
from notifications.models import LadderStep
from notifications.sessions import close_sockets, fingerprint


@receiver(user_logged_out)
def close_sockets_of_session(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user and request.session.session_key:
        close_sockets(user, only=fingerprint(request.session.session_key))


@receiver(sign_in_ended)
def close_sockets_of_sign_in(user: User, sid: str = "", **kwargs: Any) -> None:
    close_sockets(user, only=fingerprint(sid) if sid else "")


@receiver([post_save, post_delete], sender=LadderStep)
def move_the_clocks(**kwargs: Any) -> None:
    ladder_changed()
