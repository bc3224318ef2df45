"""A TCP proxy between client and server that can be cut, frozen, slowed and reset."""

import asyncio
import contextlib
import socket
import struct
import threading
from typing import Self

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing discards what waits and sends a reset."""


class Proxy:
    """`with Proxy(server.port) as proxy:`; then `proxy.cut()`, `proxy.mend()`, `proxy.freeze()`, `proxy.reset()`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._open = True
        self._frozen = False
        self._slow = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Every connection ends, new ones are refused."""
        self._open = False
        self._end_all()

    def mend(self) -> None:
        self._open, self._frozen, self._slow = True, False, False

    def freeze(self) -> None:
        """Half open: connections stay, nothing passes, nobody is told."""
        self._frozen = True

    def slow(self) -> None:
        """One byte a second."""
        self._slow = True

    def reset(self) -> None:
        """Both ends of every connection are reset (TCP's RST, not its FIN); new ones are welcome."""
        self._end_all(RESET_ON_CLOSE)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(5)
        return self

    def __exit__(self, *error: object) -> None:
        self._end_all()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _end_all(self, linger: bytes = b"") -> None:
        def end() -> None:
            for writer in list(self._writers):
                if linger:
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()

        self._loop.call_soon_threadsafe(end)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 if self._slow else 65536):
                while self._frozen:
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()
                for _ in range(50 if self._slow else 0):
                    if self._slow:
                        await asyncio.sleep(0.02)
        writer.transport.abort()
