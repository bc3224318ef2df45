"""The API's steps: each verb, both spellings, and every way to be refused."""

import pytest

from appointments.statuses import Status
from tests.appointments.making import in_days, in_status, requested

pytestmark = pytest.mark.django_db
URL = "/api/v1/appointments"


@pytest.mark.parametrize("spelling", ["confirmed", "Confirmed"])
def test_both_spellings_of_a_status_are_understood(cast, api, spelling):
    appointment = requested(cast)
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/transition", {"new_status": spelling})
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert answer.json()["scheduled_time"].endswith("Z")


@pytest.mark.parametrize(
    "before, verb, after",
    [
        ("requested", "confirm", "confirmed"),
        ("confirmed", "start", "in_progress"),
        ("in_progress", "complete", "completed"),
        ("confirmed", "cancel", "cancelled"),
    ],
)
def test_each_verb_has_its_address(cast, api, before, verb, after):
    appointment = in_status(cast, before)
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/{verb}", {})
    assert (answer.status_code, answer.json()["status"]) == (200, after)


def test_no_show_has_its_address_too(cast, api):
    appointment = in_status(cast, "confirmed", past=True)
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/no-show", {})
    assert (answer.status_code, answer.json()["status"]) == (200, "no_show")


def test_a_step_carries_what_is_its_own(cast, api):
    appointment, client, time = requested(cast), api(cast.smith), in_days(6)
    wire = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"{URL}/{appointment.pk}/transition"
    body = client.post(path, {"new_status": "confirmed", "scheduled_time": wire}).json()
    assert body["scheduled_time"] == wire
    client.post(path, {"new_status": "in_progress"})
    body = client.post(f"{path}/", {"new_status": "Completed", "notes": "All well"}).json()
    assert (body["notes"], [line["to_status"] for line in body["history"]]) == (
        "All well",
        ["requested", "confirmed", "in_progress", "completed"],
    )
    assert body["history"][-1]["by"] == {"id": str(cast.smith.pk), "name": "Jane Smith"}


@pytest.mark.parametrize(
    "field, value",
    [
        ("scheduled_time", "2020-01-01T00:00:00Z"),
        ("scheduled_time", "2027-03-02T10:00:00"),
        ("scheduled_time", "9999-12-31T23:59:59Z"),
        ("reason", "a\x00b"),
        ("reason", "x" * 2001),
        ("notes", 5),
    ],
)
def test_a_step_with_bad_input_is_400_and_changes_nothing(cast, api, field, value):
    appointment = requested(cast)
    to = "cancelled" if field == "reason" else "confirmed"
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/transition", {"new_status": to, field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    appointment.refresh_from_db()
    assert (appointment.status, appointment.scheduled_time) == (Status.REQUESTED, None)


@pytest.mark.parametrize("to", ["requested", "in_progress", "completed", "no_show"])
def test_an_illegal_step_is_409_and_changes_nothing(cast, api, to):
    appointment = requested(cast)
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/transition", {"new_status": to})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")
    appointment.refresh_from_db()
    assert appointment.status == Status.REQUESTED


def test_a_step_that_is_not_for_ones_role_is_403(cast, api):
    appointment = requested(cast)
    answer = api(cast.alice).post(f"{URL}/{appointment.pk}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("to", ["asleep", "", None, 5, ["confirmed"], {"a": 1}])
def test_a_status_that_does_not_exist_is_400(cast, api, to):
    appointment = requested(cast)
    answer = api(cast.smith).post(f"{URL}/{appointment.pk}/transition", {"new_status": to})
    assert answer.status_code == 400
    assert "new_status" in answer.json()["errors"]
