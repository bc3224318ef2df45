"""The states of an appointment, their two spellings, and which step leads where."""

from django.db import models


class Status(models.TextChoices):
    REQUESTED = "requested", "Requested"
    CONFIRMED = "confirmed", "Confirmed"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No show"

    @property
    def on_the_wire(self) -> str:
        """As the spec's notifications spell it: Requested, InProgress, NoShow."""
        return "".join(part.capitalize() for part in self.value.split("_"))


NEXT: dict[Status, tuple[Status, ...]] = {
    Status.REQUESTED: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW),
    Status.IN_PROGRESS: (Status.COMPLETED, Status.CANCELLED),
    Status.COMPLETED: (),
    Status.CANCELLED: (),
    Status.NO_SHOW: (),
}
OVER = (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
MOVABLE = (Status.REQUESTED, Status.CONFIRMED)
BY_SPELLING = {spelling: status for status in Status for spelling in (status.value, status.on_the_wire)}


def read_status(text: object) -> Status | None:
    """Either spelling; None for anything else."""
    return BY_SPELLING.get(text) if isinstance(text, str) else None
