"""What a notification says to its reader: a title, a line below it, an icon. One place for inbox and toast."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from notifications.events import Json


@dataclass(frozen=True)
class Words:
    title: str
    text: str = ""
    icon: str = "bell"


STATUS_WORDS = {
    "Requested": "is requested",
    "Confirmed": "is confirmed",
    "InProgress": "has begun",
    "Completed": "is completed",
    "Cancelled": "is cancelled",
    "NoShow": "was missed",
}


def words_for(body: Json) -> Words:
    """Words for any notification, a program's own types included."""
    try:
        return PHRASES[body["type"]](body)
    except KeyError:
        return Words(title=str(body.get("type", "Notification")).replace("_", " ").capitalize())


def _when(text: Any) -> str:
    moment: datetime | None = parse_datetime(text) if isinstance(text, str) else None
    return date_format(timezone.localtime(moment), "D j F, H:i") if moment else ""


def _requested(body: Json) -> Words:
    text = f"{body['reason'][:120]}, wants {_when(body['requested_time'])}"
    return Words(f"{body['patient_name']} asks for an appointment", text, "calendar")


def _status_changed(body: Json) -> Words:
    when = _when(body["scheduled_time"])
    return Words(f"An appointment {STATUS_WORDS[body['new_status']]}", when, "calendar")


def _reminder(body: Json) -> Words:
    if body.get("doctor_has_left"):
        text = f"Your appointment on {_when(body['scheduled_time'])} needs another doctor. We will find one for you"
        return Words(f"{body['with_name']} no longer works here", text, "calendar")
    return Words(f"Reminder: appointment with {body['with_name']}", _when(body["scheduled_time"]), "calendar")


def _request_waits(body: Json) -> Words:
    text = f"Asked {body['doctor_name']} on {_when(body['asked_time'])}: {body['reason'][:120]}"
    return Words(f"{body['patient_name']} still waits for an answer", text, "calendar")


def _visits_without_doctor(body: Json) -> Words:
    first = _when(body["next_time"])
    if body["visits"] == 1:
        text = f"1 visit needs another doctor, on {first}"
    else:
        text = f"{body['visits']} visits need another doctor, the first on {first}"
    return Words(f"{body['doctor_name']} no longer works here", text, "calendar")


def _slot_offered(body: Json) -> Words:
    text = f"{_when(body['slot_time'])}. It is kept for you until {_when(body['expires_time'])}"
    return Words(f"{body['doctor_name']} has an earlier time for you", text, "calendar")


def _prescribed(body: Json) -> Words:
    return Words(f"{body['doctor_name']} prescribed {body['medication']}", "How to take it is on its page", "pill")


PRESCRIPTION_WORDS = {
    "Active": ("is in use again", "To be taken again, as before"),
    "OnHold": ("is on hold", "Not to be taken for now"),
    "Stopped": ("is stopped", "Not to be taken any longer"),
    "Completed": ("is completed", "Not needed any longer"),
    "Expired": ("has expired", "It has come to its end"),
    "EnteredInError": ("was entered in error", "It should not have been there"),
}
REFILL_WORDS = {
    "Requested": ("A refill is asked for", "The doctor answers"),
    "Granted": ("A refill is granted", "The doctor has agreed. Its page says until when it lasts"),
    "Refused": ("A refill is refused", "Why is on its page"),
    "Renewed": ("Renewed", "A new prescription takes its place"),
    "Withdrawn": ("A refill is no longer asked for", "Nobody needs to answer"),
}


def _prescription_changed(body: Json) -> Words:
    # A doctor has many patients, and a patient knows who they are.
    role = str(body.get("channel", "")).partition(":")[0]
    whose = f" for {body['patient_name']}" if role in ("doctor", "admin") else ""
    if role == "admin" and body["refill"] == "Requested":
        return Words(f"A refill waits: {body['medication']}{whose}", "Nobody who was asked can answer it", "pill")
    if body["refill"]:
        title, text = REFILL_WORDS[body["refill"]]
        return Words(f"{title}: {body['medication']}{whose}", text, "pill")
    what, text = PRESCRIPTION_WORDS[body["new_status"]]
    return Words(f"{body['medication']}{whose} {what}", text, "pill")


def _prescription_alert(body: Json) -> Words:
    severity, alerts, gaps = body["severity"], body["alerts"], body.get("not_checked", 0)
    found = []
    if alerts:
        found.append(f"A new {severity} alert" if alerts == 1 else f"{alerts} new alerts, the worst {severity}")
    if gaps:
        found.append(f"{'Something' if gaps == 1 else f'{gaps} things'} cannot be checked")
    text = f"{'. '.join(found)}: an allergy or the rules have changed"
    return Words(f"Look again: {body['medication']} for {body['patient_name']}", text, "pill")


def _critical(body: Json) -> Words:
    if body.get("persistent"):
        return Words(f"Critical again: {body['patient_name']}", f"{body['test_type']} needs you now", "critical")
    return Words(f"Critical result for {body['patient_name']}", f"{body['test_type']} needs you now", "critical")


SUPERSEDED_WORDS = {"final": "is final now", "corrected": "was corrected", "cancelled": "was cancelled"}


def _result(body: Json) -> Words:
    if body.get("corrects"):
        what = SUPERSEDED_WORDS.get(body.get("status", ""), "was corrected")
        return Words(f"A result {what}: {body['test_type']}", "Look again: the earlier one no longer holds", "tube")
    if body["reviewed"]:
        return Words("Your doctor has looked at a result", body["test_type"], "tube")
    return Words("A new result is here", body["test_type"], "tube")


def _system(body: Json) -> Words:
    titles = {"info": "Information", "warning": "Please note", "critical": "Important"}
    return Words(titles.get(body["severity"], "Information"), str(body["message"]), "megaphone")


PHRASES: dict[str, Callable[[Json], Words]] = {
    "appointment_requested": _requested,
    "appointment_status_changed": _status_changed,
    "appointment_reminder": _reminder,
    "appointment_request_waiting": _request_waits,
    "visits_without_doctor": _visits_without_doctor,
    "slot_offered": _slot_offered,
    "new_prescription": _prescribed,
    "prescription_status_changed": _prescription_changed,
    "prescription_alert": _prescription_alert,
    "critical_lab_result": _critical,
    "lab_result_available": _result,
    "system_alert": _system,
}
