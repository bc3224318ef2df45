"""Access and refresh tokens. Both carry `sid`, the same through every renewal: it names one sign-in."""

from uuid import uuid4

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User

SID = "sid"


def tokens_for(user: User, sid: str = "") -> RefreshToken:
    """A refresh token (its `.access_token` goes with it) for a new sign-in, or for the one that `sid` names."""
    refresh: RefreshToken = RefreshToken.for_user(user)
    refresh[SID] = sid or uuid4().hex
    return refresh


def answer_for(user: User, refresh: RefreshToken) -> dict[str, object]:
    """The body that sign-in and renewal answer."""
    return {
        "access_token": str(refresh.access_token),
        "refresh_token": str(refresh),
        "token_type": "bearer",
        "user": {"id": str(user.pk), "role": user.role, "roles": user.roles, "name": user.full_name},
    }


def read_refresh_token(raw: str) -> RefreshToken:
    """Raises TokenError for anything but a live refresh token that was not used or revoked."""
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # the stubs want a Token, the library takes its text
    except (ValueError, TypeError) as error:
        raise TokenError(str(error)) from None
