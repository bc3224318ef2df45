"""Our own real PostgreSQL and Redis, on unix sockets below the data folder, where the environment names none."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from healthhub.embedded import places, postgres, redis_server
from healthhub.embedded.places import EmbeddedError

__all__ = ["EmbeddedError", "database_url", "redis_url", "servers"]


def database_url() -> str:
    """DATABASE_URL, else the embedded server's. Nothing is started."""
    # The folder stands in the query: as a host name it would lose its spaces and signs.
    socket = quote(str(places.sockets_folder()), safe="")
    return os.environ.get("DATABASE_URL") or f"postgres://postgres@/healthhub?host={socket}"


def redis_url() -> str:
    """REDIS_URL, else the embedded server's. Nothing is started."""
    return os.environ.get("REDIS_URL") or f"unix://{quote(str(redis_server.socket_path()))}"


@contextmanager
def servers() -> Iterator[None]:
    """Whatever the environment does not name runs inside this block; the last one to leave stops it.

    Raises EmbeddedError.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    with _registered() as user:
        try:
            with _one_at_a_time():
                fcntl.flock(user, fcntl.LOCK_SH)
                _start()
            yield
        finally:
            with _one_at_a_time():
                if _last_one(user):
                    _stop()


@contextmanager
def _registered() -> Iterator[IO[str]]:
    try:
        places.prepare()
        user = open(places.data_folder() / "users.lock", "a")  # noqa: SIM115  # held until the block ends
    except OSError as error:
        raise places.unwritable(error) from None
    with user:
        yield user


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Only one program starts or stops servers at a time."""
    with open(places.data_folder() / "start.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last_one(user: IO[str]) -> bool:
    try:
        fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start() -> None:
    try:
        if not os.environ.get("DATABASE_URL"):
            postgres.start(_data(), places.sockets_folder())
        if not os.environ.get("REDIS_URL"):
            redis_server.start(places.data_folder() / "redis.log")
    except OSError as error:
        raise places.unwritable(error) from None


def _stop() -> None:
    if not os.environ.get("DATABASE_URL"):
        postgres.stop(_data())
    if not os.environ.get("REDIS_URL"):
        redis_server.stop()


def _data() -> Path:
    return places.servers_folder() / "postgres"
