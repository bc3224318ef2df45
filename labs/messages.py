"""A result that its sender names with an id of its own: the same id is the same result, whatever comes under it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Doctor, Patient, User
from accounts.refusals import IllegalStep
from labs.entries import Entry, read_entries
from labs.models import MESSAGE_ONCE, LabOrder, LabResult
from labs.statuses import ResultStatus

SENT = ("value", "unit", "low", "high", "sent_flag", "plain", "decimal_comma")


class MessageReused(IllegalStep):
    """The id is on record with another content."""

    code = "message_id_reused"

    def __init__(self, kept: LabResult) -> None:
        super().__init__(
            "This message id is on record with another content, and nothing was changed. "
            "Correct that result, or send a new one under a new id."
        )
        self.kept = kept

    def more(self) -> dict[str, Any]:
        return {"result_id": str(self.kept.pk)}


@dataclass(frozen=True)
class Received:
    result: LabResult
    before: bool = False
    """Whether it was on record already, and nothing was done now."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a sender says of one result. Without a `message_id` it is a new one each time."""

    patient_id: UUID
    doctor_id: UUID
    test_type: str
    result_data: object
    critical: bool = False
    decimal_comma: bool = False
    status: str = ResultStatus.FINAL
    order_id: UUID | None = None
    message_id: str = ""

    def came_before(self, *, by: User) -> Received | None:
        """What this sender's message made when it came before; None for a new one.

        Raises MessageReused where it said something else then, ValidationError for values that cannot be.
        """
        kept = LabResult.objects.of_message(by, self.message_id).first()
        if kept is None:
            return None
        if not self.is_what_was_sent_as(kept):
            raise MessageReused(kept)
        return Received(kept, before=True)

    def record(self, *, by: User, patient: Patient, doctor: Doctor, order: LabOrder | None = None) -> Received:
        """The people and the order are those of the ids. Of two at once, one records and both have its result.

        Raises as `LabResult.record` and `came_before` do.
        """
        said: dict[str, Any] = {
            "test_type": self.test_type,
            "result_data": self.result_data,
            "critical": self.critical,
            "decimal_comma": self.decimal_comma,
            "status": self.status,
            "message_id": self.message_id,
        }
        try:
            with transaction.atomic():
                return Received(LabResult.record(by=by, patient=patient, doctor=doctor, order=order, **said))
        except IntegrityError as error:
            received = self.came_before(by=by) if MESSAGE_ONCE in str(error) else None
            if received is None:
                raise
            return received

    def is_what_was_sent_as(self, kept: LabResult) -> bool:
        """Raises ValidationError for values that cannot be."""
        entries = read_entries(self.result_data, decimal_comma=self.decimal_comma)
        ours = (self.patient_id, self.doctor_id, self.test_type.strip(), self.critical, self.status, self.order_id)
        theirs = (kept.patient_id, kept.doctor_id, kept.test_type, kept.sent_critical, kept.status, kept.order_id)
        return ours == theirs and _as_sent(entries) == _as_sent(kept.entries)


def _as_sent(entries: list[Entry]) -> dict[str, tuple[Any, ...]]:
    return {entry["name"]: tuple(entry.get(part) for part in SENT) for entry in entries}
