"""What a verb raises when it says no. Its text is read by the person who asked."""

from typing import Any


class Refused(Exception):
    """A rule said no: `detail` says what happened and what to do, `code` names it for programs."""

    code = "refused"

    def __init__(self, detail: str, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code

    def more(self) -> dict[str, Any]:
        """What helps to go on, beside the text: keys of the API's answer."""
        return {}


class IllegalStep(Refused):
    """The thing is not in a state that allows the step (409 in the API)."""

    code = "illegal_step"


class NotAllowed(Refused):
    """The person may see the thing but not do this to it (403 in the API)."""

    code = "not_allowed"
