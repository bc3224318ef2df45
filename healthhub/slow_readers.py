"""A bound on what the server keeps for a client that does not read.

Daphne hands every frame to its transport, which keeps what the network does not take: for a reader that has stopped,
all of it, for ever. The transport does say when it is full and when it has drained; between the two we count.
A client that was dropped reconnects and resumes, so it misses nothing.
"""

import logging
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

logger = logging.getLogger(__name__)


@implementer(IPushProducer)
class Outlet:
    """Told by the transport when it is full and when it takes more."""

    def __init__(self) -> None:
        self.is_full = False
        self.waiting = 0
        """Bytes handed over since it was full."""

    def pauseProducing(self) -> None:
        self.is_full = True

    def resumeProducing(self) -> None:
        self.is_full, self.waiting = False, 0

    def stopProducing(self) -> None:
        """The connection is gone; Daphne hears it by itself."""


class BoundedWebSocketProtocol(WebSocketProtocol):
    """Daphne's, which drops a client once NOTIFICATIONS_MAX_UNSENT_BYTES wait for it."""

    def connectionMade(self) -> None:
        super().connectionMade()
        self.outlet = Outlet()
        # The HTTP channel that the socket began as is registered there, and has nothing more to say.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.outlet, True)

    def sendMessage(self, payload: bytes, *args: Any, **kwargs: Any) -> None:
        if self.state == self.STATE_CLOSED:  # dropped just now, and the consumer has not heard of it yet
            return
        super().sendMessage(payload, *args, **kwargs)
        if self.outlet.is_full:
            self.outlet.waiting += len(payload)
            if self.outlet.waiting > settings.NOTIFICATIONS_MAX_UNSENT_BYTES:
                logger.warning("A client that does not read is dropped; it can come back and resume.")
                self.dropConnection(abort=True)
