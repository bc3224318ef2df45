"""What happens to people that others must hear of."""

from django.dispatch import Signal

sign_in_ended = Signal()
"""Provides `user`, and `sid` where only one of their sign-ins has ended; without it, all have."""

active_changed = Signal()
"""Provides `user`, whose account was just deactivated or activated again: once for each change, in its transaction."""
