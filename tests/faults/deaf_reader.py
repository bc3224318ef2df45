"""A client that opens its socket like any other, and then does not read."""

import base64
import os
import socket
from typing import Any, Self

from tests.notifications.sockets import token_of

SMALL = 4096
"""Bytes that its computer takes on its behalf, so that the rest waits at the server."""


class DeafReader:
    """`with DeafReader(person, port) as deaf:`; connected and ready, and deaf from then on."""

    def __init__(self, person: Any, port: int) -> None:
        self._path = f"/ws/{person.pk}?token={token_of(person)}"
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)

    def __enter__(self) -> Self:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", self._port))
        lines = [
            f"GET {self._path} HTTP/1.1",
            f"Host: localhost:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        said = b""
        while b'"ready"' not in said:
            said += self._socket.recv(SMALL)
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def was_dropped(self) -> bool:
        """Waits, reading again, until the server has ended the connection; False where it goes on."""
        try:
            while self._socket.recv(65536):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True
