"""The pages: who finds what there, what each person may do, and that nothing typed is lost."""

import pytest
from django.urls import reverse

from appointments.statuses import NEXT, Status
from tests.appointments.making import at, in_days, in_status, let_time_pass, requested, words_of

pytestmark = pytest.mark.django_db
LIST = "/appointments/"
NEW = "/appointments/new/"
STEPS = {"confirm": "confirmed", "start": "in_progress", "complete": "completed", "cancel": "cancelled"}
BUTTONS = {
    "confirm": "Confirm the appointment",
    "start": "Start the visit",
    "complete": "Complete the visit",
    "cancel": "Cancel the appointment",
    "no_show": "Record that nobody came",
}


def step(appointment, verb, **fields):
    """The address of a step, and a form as the page would send it."""
    sent = {f"{verb}-seen": appointment.status, **{f"{verb}-{name}": value for name, value in fields.items()}}
    return reverse(f"appointments:{verb}", args=[appointment.pk]), sent


@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
@pytest.mark.parametrize("status", Status)
def test_everyone_concerned_reads_it_in_every_state(cast, signed_in, who, status):
    appointment = in_status(cast, status)
    client = signed_in(getattr(cast, who))
    for path in (LIST, f"{LIST}partials/list/", f"{LIST}{appointment.pk}/", f"{LIST}{appointment.pk}/partial/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Annual checkup" in words_of(answer)
        assert status.label in words_of(answer)


@pytest.mark.parametrize("stranger", ["charlie", "bob", "brown"])
def test_the_stranger_sees_nothing(cast, signed_in, stranger):
    appointment, client = requested(cast), signed_in(getattr(cast, stranger))
    for path in (LIST, f"{LIST}?patient=Johnson", f"{LIST}partials/list/"):
        assert "Annual checkup" not in words_of(client.get(path))
    for path in ("", "partial/"):
        assert client.get(f"{LIST}{appointment.pk}/{path}").status_code == 404
    for verb in BUTTONS:
        assert client.post(*step(appointment, verb, scheduled_time=at(3))).status_code == 404
    assert "Alice Johnson" not in words_of(client.get(f"{NEW}?patient={cast.alice.pk}"))
    appointment.refresh_from_db()
    assert appointment.status == Status.REQUESTED


def test_nobody_gets_anywhere_without_signing_in(cast, client):
    appointment = requested(cast)
    for path in (LIST, NEW, f"{LIST}{appointment.pk}/", f"{LIST}{appointment.pk}/partial/"):
        assert client.get(path).url.startswith("/account/sign-in/")


@pytest.mark.parametrize("status", Status)
def test_the_doctor_is_offered_exactly_the_possible_steps(cast, signed_in, status):
    appointment = in_status(cast, status, past=status == Status.CONFIRMED)
    page = words_of(signed_in(cast.smith).get(f"{LIST}{appointment.pk}/"))
    offered = {verb for verb, words in BUTTONS.items() if f">{words}</button>" in page}
    ways = {**STEPS, "no_show": "no_show"}
    assert offered == {verb for verb, to in ways.items() if to in NEXT[status]}


def test_no_show_is_offered_only_once_the_time_has_passed(cast, signed_in):
    appointment = in_status(cast, Status.CONFIRMED)
    assert BUTTONS["no_show"] not in words_of(signed_in(cast.smith).get(f"{LIST}{appointment.pk}/"))
    let_time_pass(appointment)
    assert BUTTONS["no_show"] in words_of(signed_in(cast.smith).get(f"{LIST}{appointment.pk}/"))


@pytest.mark.parametrize("status", Status)
def test_the_patient_is_offered_to_cancel_before_it_begins_and_nothing_else(cast, signed_in, status):
    page = words_of(signed_in(cast.alice).get(f"{LIST}{in_status(cast, status).pk}/"))
    offered = {verb for verb, words in BUTTONS.items() if f">{words}</button>" in page}
    assert offered == ({"cancel"} if status in (Status.REQUESTED, Status.CONFIRMED) else set())


def test_the_doctor_takes_it_from_the_request_to_the_end(cast, signed_in):
    appointment, client, time = requested(cast), signed_in(cast.smith), at(4)
    for verb, fields in [("confirm", {"scheduled_time": time}), ("start", {}), ("complete", {"notes": "All well"})]:
        answer = client.post(*step(appointment, verb, **fields))
        assert answer.url == f"{LIST}{appointment.pk}/"
        appointment.refresh_from_db()
        assert appointment.status == STEPS[verb]
    assert appointment.scheduled_time.strftime("%Y-%m-%dT%H:%M") == time
    assert "All well" in words_of(signed_in(cast.alice).get(f"{LIST}{appointment.pk}/"))


def test_a_patient_cancels_and_the_reason_stands_in_the_history(cast, signed_in):
    appointment = requested(cast)
    signed_in(cast.alice).post(*step(appointment, "cancel", reason="Feeling better"))
    page = words_of(signed_in(cast.smith).get(f"{LIST}{appointment.pk}/"))
    assert "Alice Johnson: Feeling better" in page


def test_the_doctor_records_that_nobody_came(cast, signed_in):
    appointment = in_status(cast, Status.CONFIRMED, past=True)
    signed_in(cast.smith).post(*step(appointment, "no_show"))
    appointment.refresh_from_db()
    assert appointment.status == Status.NO_SHOW


@pytest.mark.parametrize(
    "before, verb",
    [
        ("requested", "start"),
        ("requested", "no_show"),
        ("confirmed", "complete"),
        ("confirmed", "no_show"),
        ("completed", "cancel"),
        ("cancelled", "confirm"),
        ("no_show", "start"),
    ],
)
def test_an_illegal_step_is_refused_on_the_page_with_the_reason(cast, signed_in, before, verb):
    appointment = in_status(cast, before)
    answer = signed_in(cast.smith).post(*step(appointment, verb, scheduled_time=at(3)))
    assert answer.status_code == 409
    assert "That did not work" in words_of(answer)
    appointment.refresh_from_db()
    assert appointment.status == before


def test_a_step_that_is_the_doctors_is_refused_to_the_patient(cast, signed_in):
    appointment = requested(cast)
    answer = signed_in(cast.alice).post(*step(appointment, "confirm", scheduled_time=at(3)))
    assert "Only the appointment's doctor" in words_of(answer)
    appointment.refresh_from_db()
    assert appointment.status == Status.REQUESTED


def test_a_stale_page_is_told_who_was_quicker_and_a_second_press_goes_through(cast, signed_in):
    appointment, client = requested(cast), signed_in(cast.alice)
    address, sent = step(appointment, "cancel", reason="Feeling better")
    appointment.confirm(by=cast.smith.user)
    refused = client.post(address, sent)
    assert "Jane Smith has set it to confirmed" in words_of(refused)
    assert "Feeling better" in words_of(refused)
    shown = next(one["form"] for one in refused.context["steps"] if one["verb"] == "cancel")
    client.post(address, {**sent, "cancel-seen": shown["seen"].value()})
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


@pytest.mark.parametrize(
    "time", ["", "soon", "2020-01-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "10000-01-01T00:00", "\x00"]
)
def test_confirming_for_an_impossible_time_names_the_field_and_keeps_what_was_typed(cast, signed_in, time):
    appointment = requested(cast)
    answer = signed_in(cast.smith).post(*step(appointment, "confirm", scheduled_time=time))
    form = next(one["form"] for one in answer.context["steps"] if one["verb"] == "confirm")
    assert "scheduled_time" in form.errors
    assert form["scheduled_time"].value() == time
    appointment.refresh_from_db()
    assert (appointment.status, appointment.scheduled_time) == (Status.REQUESTED, None)


def test_a_request_for_an_odd_minute_can_be_confirmed_as_it_stands(cast, signed_in):
    appointment = requested(cast, requested_time=in_days(3).replace(minute=3, second=0))
    page = words_of(signed_in(cast.smith).get(f"{LIST}{appointment.pk}/"))
    assert appointment.requested_time.strftime('value="%Y-%m-%dT%H:03"') in page
    assert 'step="300"' not in page


@pytest.mark.parametrize("verb, field", [("complete", "notes"), ("cancel", "reason")])
@pytest.mark.parametrize("text", ["a\x00b", "x" * 2001])
def test_a_text_that_cannot_be_kept_names_the_field(cast, signed_in, verb, field, text):
    appointment = in_status(cast, Status.IN_PROGRESS)
    answer = signed_in(cast.smith).post(*step(appointment, verb, **{field: text}))
    assert field in next(one["form"] for one in answer.context["steps"] if one["verb"] == verb).errors
    appointment.refresh_from_db()
    assert appointment.status == Status.IN_PROGRESS


def test_a_step_is_no_link(cast, signed_in):
    appointment = requested(cast)
    for verb in BUTTONS:
        assert signed_in(cast.smith).get(step(appointment, verb)[0]).status_code == 405
