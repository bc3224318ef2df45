import logging
import re

SECRET_IN_A_PATH = re.compile(r"(calendar/)[\w-]{20,}(?=\.ics)|(account/password/set/[^/\s]+/)[\w-]{8,}")


class WithoutSecrets(logging.Formatter):
    """Some paths are secrets: whoever has the address of a calendar, or of a new password, needs no more.

    The whole line is looked at, with what an error says of itself.
    """

    def format(self, record: logging.LogRecord) -> str:
        return SECRET_IN_A_PATH.sub(lambda found: f"{found[1] or found[2]}(secret)", super().format(record))
