"""How far a reader is, as a client says it: the last seq it has of each channel."""

from collections.abc import Collection


class BadPositions(Exception):
    """`code` for programs, text for the person who wrote the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def checked_positions(given: object, channels: Collection[str], *, name: str) -> dict[str, int]:
    """Raises BadPositions for nonsense, and for channels that are not the reader's own. `name` is the client's word."""
    if not isinstance(given, dict) or not given:
        raise BadPositions("bad_since", f"`{name}` is an object: the last seq you have for each channel.")
    if strangers := [channel for channel in given if channel not in channels]:
        raise BadPositions("not_your_channel", f"These are not your channels: {', '.join(strangers)[:200]}.")
    for channel, seq in given.items():
        if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < 2**63:
            raise BadPositions("bad_since", f"The seq of {channel} is a whole number from 0.")
    return given
