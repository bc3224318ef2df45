"""A program that speaks to a server over HTTP, and asks again where a server died over its question."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from tests.notifications.sockets import token_of
from tests.server import Server

NO_ANSWER = (OSError, http.client.HTTPException)


class Program:
    """Acts for `person`; its questions carry their token and, where they create, a key of their own."""

    def __init__(self, person: Any) -> None:
        self.token = token_of(person)

    def announce(self, server: Server, message: str, key: str = "") -> str:
        """Say something to everyone; the id of the notification. Raises NO_ANSWER."""
        body = json.dumps({"severity": "info", "message": message}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid4())}
        return str(self._ask(server, "system-alerts", body, headers)["id"])

    def announce_until_it_is_heard(self, servers: Iterator[Server], message: str) -> str:
        """The same question, under the same key, to one server after another until one answers."""
        key = str(uuid4())
        while True:
            try:
                return self.announce(next(servers), message, key)
            except urllib.error.HTTPError:  # an answer, if not the one that was hoped for
                raise
            except NO_ANSWER:
                continue

    def heads(self, server: Server) -> dict[str, int]:
        """Raises NO_ANSWER."""
        return dict(self._ask(server, "notifications/heads")["channels"])

    def _ask(self, server: Server, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        given = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        request = urllib.request.Request(f"{server.url}/api/v1/{path}", body, given)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def asked_all_along(program: Program, servers: Sequence[Server]) -> Iterator[Counter[int]]:
    """While the block runs, each server is asked five times a second; how often it gave which status, 0 for none."""
    answers: Counter[int] = Counter()
    enough = threading.Event()

    def ask(server: Server) -> None:
        while not enough.wait(0.2):
            try:
                program.heads(server)
                answers[200] += 1
            except NO_ANSWER as error:
                answers[error.code if isinstance(error, urllib.error.HTTPError) else 0] += 1

    with ThreadPoolExecutor(len(servers)) as pool:
        asking = [pool.submit(ask, server) for server in servers]
        try:
            yield answers
        finally:
            enough.set()
        for done in asking:
            done.result(60)
