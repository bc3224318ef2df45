"""The spec's messages: the same files are read by the JavaScript tests."""

import json
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest
from django.utils.dateparse import parse_datetime

from notifications.events import (
    EVENT_TYPES,
    AppointmentReminderWithoutDoctor,
    LabResultSuperseded,
    SystemAlert,
    wire_time,
)
from notifications.words import words_for

CONTRACT = Path(__file__).resolve().parent.parent / "contract"
SPEC_KEYS = {
    "appointment_requested": ["type", "appointment_id", "patient_name", "reason", "requested_time"],
    "appointment_status_changed": ["type", "appointment_id", "new_status", "scheduled_time"],
    "appointment_reminder": ["type", "appointment_id", "with_name", "scheduled_time"],
    "appointment_request_waiting": [
        "type",
        "appointment_id",
        "patient_name",
        "doctor_name",
        "reason",
        "requested_time",
        "asked_time",
    ],
    "visits_without_doctor": ["type", "doctor_id", "doctor_name", "visits", "next_time"],
    "slot_offered": ["type", "offer_id", "doctor_name", "slot_time", "expires_time"],
    "new_prescription": ["type", "prescription_id", "medication", "doctor_name"],
    "prescription_status_changed": ["type", "prescription_id", "patient_name", "medication", "new_status", "refill"],
    "prescription_alert": [
        "type",
        "prescription_id",
        "patient_name",
        "medication",
        "severity",
        "alerts",
        "not_checked",
    ],
    "critical_lab_result": ["type", "urgent", "result_id", "patient_name", "test_type", "requires_review"],
    "lab_result_available": ["type", "result_id", "test_type", "reviewed"],
    "system_alert": ["type", "severity", "message"],
}


def example(kind: str) -> dict:
    return json.loads((CONTRACT / f"{kind}.json").read_text())


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_event_writes_the_contract_key_for_key(kind):
    message = example(kind)
    event = EVENT_TYPES[kind]
    values = {field.name: message[field.name] for field in fields(event)}
    values |= {name: parse_datetime(value) for name, value in values.items() if name.endswith("_time")}

    assert list(event(**values).payload()) == SPEC_KEYS[kind]
    assert event(**values).payload() == message


def test_every_contract_file_has_its_event_and_every_event_its_file():
    assert {path.stem for path in CONTRACT.glob("*.json")} == set(EVENT_TYPES) == set(SPEC_KEYS)


def test_a_result_that_supersedes_one_is_the_same_type_with_two_keys_more():
    message = json.loads((CONTRACT / "variants" / "lab_result_superseded.json").read_text())
    values = {field.name: message[field.name] for field in fields(LabResultSuperseded)}
    assert LabResultSuperseded(**values).payload() == message
    assert list(message) == [*SPEC_KEYS["lab_result_available"], "corrects", "status"]


def test_a_reminder_without_a_doctor_is_the_same_type_with_one_key_more():
    message = json.loads((CONTRACT / "variants" / "appointment_reminder_without_doctor.json").read_text())
    values = {field.name: message[field.name] for field in fields(AppointmentReminderWithoutDoctor)}
    values["scheduled_time"] = parse_datetime(values["scheduled_time"])
    assert AppointmentReminderWithoutDoctor(**values).payload() == message
    assert list(message) == [*SPEC_KEYS["appointment_reminder"], "doctor_has_left"]


def test_a_repeat_of_what_is_open_is_the_same_type_with_one_key_more():
    message = json.loads((CONTRACT / "variants" / "critical_lab_result_persistent.json").read_text())
    assert list(message) == [*SPEC_KEYS["critical_lab_result"], "persistent"]
    assert words_for(message).title == "Critical again: Bob Wilson"


@pytest.mark.parametrize(
    "status, said", [("final", "is final now"), ("corrected", "was corrected"), ("cancelled", "was cancelled")]
)
def test_its_words_say_what_became_of_it(status, said):
    message = json.loads((CONTRACT / "variants" / "lab_result_superseded.json").read_text())
    assert words_for({**message, "status": status}).title == f"A result {said}: CBC"


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_event_has_words_for_its_reader(kind):
    words = words_for(example(kind))
    assert words.title
    assert "_" not in words.title


def test_a_type_nobody_knows_still_reads_as_words():
    assert words_for({"type": "bed_is_free"}).title == "Bed is free"


def test_a_field_the_contract_does_not_know_is_an_error():
    with pytest.raises(TypeError):
        SystemAlert(severity="info", message="x", patient="Alice")


def test_a_time_without_a_zone_never_reaches_the_wire():
    with pytest.raises(ValueError, match="time zone"):
        wire_time(datetime(2025, 2, 1, 10))


def test_a_doctor_reads_whose_prescription_it_is_and_a_patient_does_not_need_to():
    message = example("prescription_status_changed")
    assert (
        words_for({**message, "channel": "doctor:1:notifications"}).title == "Amoxicillin for Alice Johnson is on hold"
    )
    assert words_for({**message, "channel": "patient:1:notifications"}).title == "Amoxicillin is on hold"
    asked = {**message, "refill": "Requested", "channel": "doctor:1:notifications"}
    assert words_for(asked).title == "A refill is asked for: Amoxicillin for Alice Johnson"
    assert words_for({**asked, "refill": "Withdrawn"}).title.startswith("A refill is no longer asked for: Amoxicillin")


@pytest.mark.parametrize(
    "alerts, not_checked, said",
    [
        (1, 0, "A new contraindicated alert: "),
        (3, 0, "3 new alerts, the worst contraindicated: "),
        (0, 1, "Something cannot be checked: "),
        (0, 2, "2 things cannot be checked: "),
        (1, 1, "A new contraindicated alert. Something cannot be checked: "),
    ],
)
def test_a_re_check_says_how_many_alerts_there_are_and_what_cannot_be_checked(alerts, not_checked, said):
    message = {**example("prescription_alert"), "alerts": alerts, "not_checked": not_checked}
    assert words_for(message).text.startswith(said)


def test_a_re_check_that_was_told_before_gaps_were_counted_keeps_its_words():
    message = example("prescription_alert")
    del message["not_checked"]
    assert words_for(message).text.startswith("A new contraindicated alert: ")
