"""THE WIRE CONTRACT: one frozen dataclass for each type of notification, keys as the spec writes them.

Plain data, standard library only. tests/contract/*.json holds an example of each for Python and JavaScript.
Ids are UUIDs or their text, times are aware datetimes; `payload()` makes both JSON.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

Severity = Literal["info", "warning", "critical"]
Json = dict[str, Any]


def wire_time(moment: datetime) -> str:
    """UTC, RFC 3339 with Z; fractions only where there are any. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("A time on the wire needs a time zone.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return wire_time(value)
    return str(value) if isinstance(value, UUID) else value


@dataclass(frozen=True, kw_only=True)
class Event:
    type: ClassVar[str]
    priority: ClassVar[str] = "normal"

    def payload(self) -> Json:
        """The spec's JSON object: `type` first, then the fields in their order."""
        return {"type": self.type, **{name: _to_json(value) for name, value in asdict(self).items()}}


@dataclass(frozen=True, kw_only=True)
class AppointmentRequested(Event):
    """To the doctor: a patient asks for a visit."""

    type: ClassVar[str] = "appointment_requested"
    appointment_id: UUID | str
    patient_name: str
    reason: str
    requested_time: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentStatusChanged(Event):
    """To patient and doctor. `new_status` is Requested, Confirmed, InProgress, Completed, Cancelled or NoShow."""

    type: ClassVar[str] = "appointment_status_changed"
    appointment_id: UUID | str
    new_status: str
    scheduled_time: datetime | None


@dataclass(frozen=True, kw_only=True)
class AppointmentReminder(Event):
    """To whoever wants to be reminded of a visit. `with_name` is the other one: "Dr. <last name>", or the patient."""

    type: ClassVar[str] = "appointment_reminder"
    appointment_id: UUID | str
    with_name: str
    scheduled_time: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentReminderWithoutDoctor(AppointmentReminder):
    """The same type with a key more, to the patient: the doctor no longer works here, so it cannot be as planned."""

    doctor_has_left: bool = True


@dataclass(frozen=True, kw_only=True)
class AppointmentRequestWaiting(Event):
    """To the doctor again, and then to whoever covers them: nobody has answered since `asked_time`."""

    type: ClassVar[str] = "appointment_request_waiting"
    appointment_id: UUID | str
    patient_name: str
    doctor_name: str
    reason: str
    requested_time: datetime
    asked_time: datetime


@dataclass(frozen=True, kw_only=True)
class VisitsWithoutDoctor(Event):
    """To whoever covers the doctor, else the administrators: they no longer work here, and people are to visit them.

    `visits` is how many, `next_time` when the first is.
    """

    type: ClassVar[str] = "visits_without_doctor"
    doctor_id: UUID | str
    doctor_name: str
    visits: int
    next_time: datetime


@dataclass(frozen=True, kw_only=True)
class SlotOffered(Event):
    """To a patient on the wait list: this slot is kept for them until `expires_time`."""

    type: ClassVar[str] = "slot_offered"
    offer_id: UUID | str
    doctor_name: str
    slot_time: datetime
    expires_time: datetime


@dataclass(frozen=True, kw_only=True)
class NewPrescription(Event):
    """To the patient. `doctor_name` is "Dr. <last name>"."""

    type: ClassVar[str] = "new_prescription"
    prescription_id: UUID | str
    medication: str
    doctor_name: str


@dataclass(frozen=True, kw_only=True)
class PrescriptionStatusChanged(Event):
    """To patient and doctor. `new_status` is Active, OnHold, Stopped, Completed, Expired or EnteredInError.

    `refill` is Requested, Granted, Refused, Renewed or Withdrawn where that is what happened.
    """

    type: ClassVar[str] = "prescription_status_changed"
    prescription_id: UUID | str
    patient_name: str
    medication: str
    new_status: str
    refill: str | None


@dataclass(frozen=True, kw_only=True)
class PrescriptionAlert(Event):
    """To the prescriber and their cover: an allergy or the rules have changed, and something now speaks against what
    they prescribed, or can no longer be checked.

    Of their prescriptions for the patient, the one that is concerned the most. `alerts` and `not_checked` are how many
    are new; `severity` is the worst of the alerts: contraindicated, major, moderate or minor, None where there is none.
    """

    type: ClassVar[str] = "prescription_alert"
    prescription_id: UUID | str
    patient_name: str
    medication: str
    severity: str | None
    alerts: int
    not_checked: int


@dataclass(frozen=True, kw_only=True)
class CriticalLabResult(Event):
    """To the ordering doctor, who must answer for it."""

    type: ClassVar[str] = "critical_lab_result"
    priority: ClassVar[str] = "critical"
    urgent: bool = True
    result_id: UUID | str
    patient_name: str
    test_type: str
    requires_review: bool = True


@dataclass(frozen=True, kw_only=True)
class LabResultAvailable(Event):
    """To the patient: when a result is released to them, and again when a doctor has reviewed it."""

    type: ClassVar[str] = "lab_result_available"
    result_id: UUID | str
    test_type: str
    reviewed: bool


@dataclass(frozen=True, kw_only=True)
class LabResultSuperseded(LabResultAvailable):
    """The same type, with two keys more: to everyone who saw the result `corrects`.

    `status` is what the newer one is: final, corrected or cancelled.
    """

    corrects: UUID | str
    status: str


@dataclass(frozen=True, kw_only=True)
class SystemAlert(Event):
    """To everyone who is connected, from an administrator."""

    type: ClassVar[str] = "system_alert"
    severity: Severity
    message: str


EVENT_TYPES: dict[str, type[Event]] = {
    event.type: event
    for event in (
        AppointmentRequested,
        AppointmentStatusChanged,
        AppointmentReminder,
        AppointmentRequestWaiting,
        VisitsWithoutDoctor,
        SlotOffered,
        NewPrescription,
        PrescriptionStatusChanged,
        PrescriptionAlert,
        CriticalLabResult,
        LabResultAvailable,
        SystemAlert,
    )
}

CONTROL_FRAMES = frozenset({"ready", "heartbeat", "resumed", "updated", "refresh", "pong", "error"})
"""Types that only the server itself sends on a socket; no notification may carry one of them."""

ADDED_KEYS = frozenset({"id", "channel", "seq", "sent_at", "link", "priority", "requires_ack"})
"""What we add to each notification, beside the spec's keys."""
