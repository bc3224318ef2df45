"""Who opens a socket: the spec's token in the query, or on our own pages the session cookie.

With a token, cookie and Origin do not count: such clients are programs and send no Origin. Without one, the
page's Origin must be ours to the letter, or any site could open a socket with a visitor's cookie.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.http import HttpRequest, parse_cookie
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from notifications.sessions import Credential, fingerprint

Scope = Mapping[str, Any]


class Unauthenticated(Exception):
    """No credential, or one that does not open a socket (4401)."""


async def authenticate(scope: Scope) -> tuple[User, Credential]:
    """The person behind a socket. Raises Unauthenticated."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if "token" in query:
        return await by_token(query["token"][-1])
    return await _by_cookie(scope)


@database_sync_to_async
def by_token(raw: str) -> tuple[User, Credential]:
    """Raises Unauthenticated for a refresh token, an expired or altered one, or one from before a new password."""
    try:
        token = AccessToken(raw)  # type: ignore[arg-type]  # the stubs want a Token, the library takes its text
        user = cast(User, JWTAuthentication().get_user(token))
    except (TokenError, AuthenticationFailed, ValueError, ValidationError):
        raise Unauthenticated from None
    return user, Credential(
        user_id=user.pk,
        fingerprint=fingerprint(str(token.get("sid", ""))),
        roles=tuple(user.roles),
        expires_at=float(token["exp"]),
        password_hash=user.password,
    )


@database_sync_to_async
def _by_cookie(scope: Scope) -> tuple[User, Credential]:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get(b"origin") not in settings.ALLOWED_ORIGINS:
        raise Unauthenticated
    key = parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        raise Unauthenticated
    # Django's own check of session, backend, active user and password hash.
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User):
        raise Unauthenticated
    return user, Credential(
        user_id=user.pk,
        fingerprint=fingerprint(key),
        roles=tuple(user.roles),
        expires_at=None,
        session_key=key,
        password_hash=user.password,
    )
