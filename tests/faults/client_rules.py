"""What a client must do to see everything once, in order: a few lines that any language can copy (docs/client.md)."""

from typing import Any

CONTROL = {"ready", "heartbeat", "resumed", "updated", "refresh", "pong", "error"}
Frame = dict[str, Any]


class ClientRules:
    """Takes frames, says which to send back; `shown` are the notifications as they were shown."""

    def __init__(self, position: dict[str, int] | None = None) -> None:
        self.shown: list[Frame] = []
        self.position: dict[str, int] = dict(position or {})
        self.must_reload = False
        """The server cannot bring everything back: read the inbox from the position on."""
        self._heads: dict[str, int] = {}
        self._resuming = False

    def connected(self) -> None:
        """A new socket: what was asked on the old one is not answered any more."""
        self._resuming = False

    def take(self, frame: Frame) -> list[Frame]:
        kind = frame["type"]
        if kind == "ready":
            for channel, seq in frame["channels"].items():
                self.position.setdefault(channel, seq)
        if kind in ("ready", "heartbeat"):
            self._heads = dict(frame["channels"])
        elif kind == "resumed":
            self._resuming = False
            self.must_reload = not frame["recovered"]
            if self.must_reload:  # asking again from here would bring the same hole
                return []
        elif kind == "error":  # it may have been the answer to `resume`: the next heartbeat asks again
            self._resuming = False
            return []
        elif kind in CONTROL or self.show(frame):
            return []
        return self._catch_up()

    def reloaded(self) -> list[Frame]:
        """The inbox was read, each of its notifications given to `show`."""
        self.must_reload = False
        return self._catch_up()

    def show(self, notification: Frame) -> bool:
        """False for one from behind a hole: it is not shown now, and the next resume brings it."""
        channel, seq = notification["channel"], notification["seq"]
        following = self.position.get(channel, 0) + 1
        if seq > following:
            self._heads[channel] = max(seq, self._heads.get(channel, 0))
            return False
        if seq == following:
            self.position[channel] = seq
            self.shown.append(notification)
        return True

    def _catch_up(self) -> list[Frame]:
        behind = {
            name: self.position.get(name, 0) for name, head in self._heads.items() if head > self.position.get(name, 0)
        }
        if not behind or self._resuming:
            return []
        self._resuming = True
        return [{"type": "resume", "since": behind}]
