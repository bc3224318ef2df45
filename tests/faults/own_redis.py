"""A Redis that a test may freeze, flush and kill."""

import signal
import subprocess
from contextlib import contextmanager
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from healthhub.embedded import redis_server
from notifications import publisher
from tests.faults.reader import wait_for
from tests.server import free_port


class OwnRedis:
    """`with OwnRedis() as own_redis:`; it holds nothing but what is being published."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def start(self) -> Self:
        command = [redis_server._binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert wait_for(self._answers, 10)
        return self

    def kill(self) -> None:
        assert self.process
        self.thaw()
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def listeners(self, channel: str) -> int:
        """How many connections are subscribed to this channel."""
        with self.client() as client:
            return int(client.pubsub_numsub(channel)[0][1])

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@contextmanager
def published_to(url, settings):
    """This process publishes there."""
    before, settings.REDIS_URL = settings.REDIS_URL, url
    publisher.connection.cache_clear()
    try:
        yield
    finally:
        settings.REDIS_URL = before
        publisher.connection.cache_clear()
