import logging
import time


class OutageFilter(logging.Filter):
    """While Redis is down the layer logs a traceback a second; one line in ten seconds says as much."""

    PAUSE = 10.0

    def __init__(self) -> None:
        super().__init__()
        self.last = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            now = time.monotonic()
            if now - self.last < self.PAUSE:
                return False
            self.last = now
            record.msg, record.args = f"Redis does not answer ({record.exc_info[1]}); trying again.", ()
            record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True
