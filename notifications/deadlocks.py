"""Two that lock the same things in opposite orders wait for each other, and PostgreSQL ends one of them (40P01)."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
DEADLOCK = "40P01"
TRIES = 5


def as_a_whole(verb: Callable[P, R]) -> Callable[P, R]:
    """Run it in a transaction. Where that is its own, one that PostgreSQL ended to resolve a deadlock is run again.

    Inside a caller's transaction only the caller can do that: what they did before is gone too. `dispatch.hold`
    keeps it from coming to that.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        left = 0 if connection.in_atomic_block else TRIES - 1
        while True:
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except OperationalError as error:
                if not left or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                    raise
                left -= 1

    return run
