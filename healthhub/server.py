"""Daphne, run from our own program: it says goodbye to every socket before it stops."""

import errno
import logging
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)
WEBSOCKET_NEVER_TOO_OLD = -1
LARGEST_MESSAGE = 1024 * 1024  # bytes held in memory at most; from 8 KiB on the consumer closes with its own code


class PortTaken(Exception):
    """One line: which port, and what to do."""


def check_port(host: str, port: int) -> None:
    """Raises PortTaken. Daphne itself would log a failure and end as if all were well."""
    if not 0 < port < 65536:
        raise PortTaken(f"There is no port {port}; set PORT to one between 1 and 65535.")
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EACCES:
            raise PortTaken(
                f"Port {port} needs more rights than this program has; set PORT to one above 1024."
            ) from None
        raise PortTaken(f"Port {port} is taken by another program; end it, or set PORT to a free one.") from None
    finally:
        probe.close()


def serve(host: str, port: int, *, announce: Callable[[], None]) -> None:
    """Serve pages, API and sockets until it is interrupted, ended or its terminal closes.

    Calls `announce` once it listens.
    """
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
    from daphne.server import (
        Server,  # installs the asyncio reactor, so it comes before any other Twisted import
    )

    from healthhub.asgi import application
    from healthhub.farewell import FAREWELL_SECONDS, Farewell, Requests
    from healthhub.slow_readers import BoundedWebSocketProtocol

    def listening() -> None:
        # What breaks WebSocket's own rules gets WebSocket's own close code, where Daphne would just hang up.
        server.ws_factory.setProtocolOptions(failByDrop=False)
        server.ws_factory.protocol = BoundedWebSocketProtocol
        announce()

    requests = Requests(application)
    server = Server(
        application=requests,
        endpoints=[f"tcp:port={port}:interface={host}"],
        signal_handlers=False,
        action_logger=_log_request,
        websocket_timeout=WEBSOCKET_NEVER_TOO_OLD,
        ping_interval=settings.NOTIFICATIONS_PING_SECONDS,
        ping_timeout=settings.NOTIFICATIONS_PONG_SECONDS,
        websocket_max_message_size=LARGEST_MESSAGE,
        websocket_max_frame_size=LARGEST_MESSAGE,
        application_close_timeout=FAREWELL_SECONDS,
        ready_callable=listening,
        server_name="HealthHub",
    )
    ports: list[Any] = []
    server.listen_success = ports.append  # Daphne keeps none, and so could not stop listening
    farewell = Farewell(requests, ports)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: farewell.begin())
    server.run()


def _log_request(protocol: str, action: str, details: dict[str, Any]) -> None:
    """Without the query: a token may stand in it."""
    if protocol == "http" and action == "complete":
        path = details["path"].partition("?")[0]
        logger.info("%s %s %s %.0f ms", details["method"], path, details["status"], details["time_taken"] * 1000)
