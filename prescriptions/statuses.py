"""The states of a prescription, their two spellings, and which step leads where."""

from django.db import models


class Status(models.TextChoices):
    ACTIVE = "active", "In use"
    ON_HOLD = "on_hold", "On hold"
    STOPPED = "stopped", "Stopped"
    COMPLETED = "completed", "Completed"
    EXPIRED = "expired", "Expired"
    ENTERED_IN_ERROR = "entered_in_error", "Entered in error"

    @property
    def on_the_wire(self) -> str:
        """As notifications spell it: Active, OnHold, EnteredInError."""
        return "".join(part.capitalize() for part in self.value.split("_"))


class Refill(models.TextChoices):
    """What a line of the history says about a refill, beside the status."""

    NONE = "", "None"
    REQUESTED = "requested", "Refill asked for"
    GRANTED = "granted", "Refill granted"
    REFUSED = "refused", "Refill refused"
    RENEWED = "renewed", "Renewed"
    WITHDRAWN = "withdrawn", "Request withdrawn"

    @property
    def on_the_wire(self) -> str | None:
        return self.value.capitalize() or None


NEXT: dict[Status, tuple[Status, ...]] = {
    Status.ACTIVE: (Status.ON_HOLD, Status.STOPPED, Status.COMPLETED, Status.ENTERED_IN_ERROR),
    Status.ON_HOLD: (Status.ACTIVE, Status.STOPPED, Status.COMPLETED, Status.ENTERED_IN_ERROR),
    Status.STOPPED: (Status.ENTERED_IN_ERROR,),
    Status.COMPLETED: (Status.ENTERED_IN_ERROR,),
    Status.EXPIRED: (Status.ENTERED_IN_ERROR,),
    Status.ENTERED_IN_ERROR: (),
}
CURRENT = (Status.ACTIVE, Status.ON_HOLD)
"""Of which a check must know: what is on hold may be taken again any day, without being issued anew."""

OVER = (Status.STOPPED, Status.COMPLETED, Status.EXPIRED, Status.ENTERED_IN_ERROR)
NEEDS_REASON = (Status.ON_HOLD, Status.STOPPED, Status.ENTERED_IN_ERROR)
BY_SPELLING = {spelling: status for status in Status for spelling in (status.value, status.on_the_wire)}


def read_status(text: object) -> Status | None:
    """Either spelling; None for anything else."""
    return BY_SPELLING.get(text) if isinstance(text, str) else None
