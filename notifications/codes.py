"""Why a socket is closed, in numbers a browser can read. 1012 cannot be sent by this stack, hence 4012."""

RESTARTING = 4012
"""Reconnect with jitter: the server goes down, or cannot reach its database or Redis right now."""
UNAUTHENTICATED = 4401
"""No token, or a bad or expired one: fetch a new one and reconnect."""
NOT_YOURS = 4403
"""The path's user is not the token's: stop."""
SIGNED_OUT = 4408
"""Signed out, deactivated, another role or password: stop and go to sign-in."""
FRAME_TOO_LARGE = 4413
TOO_MANY = 4429
"""Too many sockets or frames: come back later."""
