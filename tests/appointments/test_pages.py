"""The pages: who finds what there, what each person may do, and that nothing typed is lost."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.statuses import NEXT, Status
from tests.appointments.making import in_days, in_status, let_time_pass, requested
from tests.cast import make_doctor

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


def at(days):
    return timezone.localtime(in_days(days)).strftime("%Y-%m-%dT%H:%M")


def step(appointment, verb, **fields):
    """The address of a step, and a form as the page would send it."""
    sent = {f"{verb}-seen": appointment.status, **{f"{verb}-{name}": value for name, value in fields.items()}}
    return reverse(f"appointments:{verb}", args=[appointment.pk]), sent


def words_of(answer):
    return unescape(answer.content.decode())


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
    appointment, client = requested(cast), signed_in(cast.smith)
    for verb, fields in [("confirm", {"scheduled_time": at(4)}), ("start", {}), ("complete", {"notes": "All well"})]:
        answer = client.post(*step(appointment, verb, **fields))
        assert answer.url == f"{LIST}{appointment.pk}/"
        appointment.refresh_from_db()
        assert appointment.status == STEPS[verb]
    assert appointment.scheduled_time.strftime("%Y-%m-%dT%H:%M") == at(4)
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


# --- asking -------------------------------------------------------------------------------------------


def asking(cast, **changes):
    return {"doctor": str(cast.smith.pk), "requested_time": at(3), "reason": "Annual checkup", **changes}


def test_a_patient_asks(cast, signed_in):
    client = signed_in(cast.alice)
    assert "Dr. Jane Smith" in (cast.smith and words_of(client.get(NEW)))
    answer = client.post(NEW, asking(cast))
    appointment = Appointment.objects.get()
    assert answer.url == f"{LIST}{appointment.pk}/"
    assert (appointment.patient, appointment.doctor) == (cast.alice, cast.smith)


def test_a_doctor_asks_for_a_follow_up_with_the_patient_of_the_chart_chosen(cast, signed_in):
    requested(cast)
    client = signed_in(cast.smith)
    assert f'value="{cast.alice.pk}" selected' in words_of(client.get(f"{NEW}?patient={cast.alice.pk}"))
    client.post(NEW, {"patient": str(cast.alice.pk), "requested_time": at(5), "reason": "Again"})
    follow_up = Appointment.objects.get(reason="Again")
    assert (follow_up.doctor, follow_up.status) == (cast.smith, Status.REQUESTED)


def test_an_administrator_asks_for_anyone(cast, signed_in):
    signed_in(cast.admin).post(NEW, asking(cast, patient=str(cast.bob.pk)))
    assert Appointment.objects.get().patient == cast.bob


def test_a_doctor_who_is_also_a_patient_asks_a_colleague_for_themselves(cast, signed_in):
    person = make_doctor("dr.both@example.com", "Pat", "Both", "L-2001").user
    person.patient = type(cast.alice).objects.create(user=person, date_of_birth="1980-01-01", sex="unknown")
    signed_in(person).post(NEW, asking(cast, patient=str(person.pk)))
    appointment = Appointment.objects.get()
    assert (appointment.patient_id, appointment.doctor) == (person.pk, cast.smith)


@pytest.mark.parametrize(
    "field, value",
    [
        ("doctor", ""),
        ("doctor", "x"),
        ("doctor", "\x00"),
        ("doctor", "00000000-0000-0000-0000-000000000000"),
        ("requested_time", ""),
        ("requested_time", "soon"),
        ("requested_time", "2020-01-01T10:00"),
        ("requested_time", "0001-01-01T00:00"),
        ("requested_time", "9999-12-31T23:59"),
        ("reason", ""),
        ("reason", "  \n "),
        ("reason", "x" * 2001),
        ("reason", "a\x00b"),
    ],
)
def test_what_cannot_be_asked_names_its_field_and_keeps_the_rest(cast, signed_in, field, value):
    sent = asking(cast, **{field: value})
    answer = signed_in(cast.alice).post(NEW, sent)
    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (400, {field})
    assert {name: form[name].value() for name in sent} == sent
    assert not Appointment.objects.exists()


def test_an_empty_form_says_what_is_missing(cast, signed_in):
    answer = signed_in(cast.alice).post(NEW, {})
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"doctor", "requested_time", "reason"})


@pytest.mark.parametrize("patient", ["x", "%00", "00000000-0000-0000-0000-000000000000"])
def test_a_prefill_that_is_nobody_is_left_out(cast, signed_in, patient):
    answer = signed_in(cast.smith).get(f"{NEW}?patient={patient}")
    assert answer.status_code == 200
    assert "selected" not in words_of(answer).replace('value="" selected', "")


def test_somebody_without_a_role_is_told_so(cast, signed_in):
    cast.admin.is_staff = False
    cast.admin.save()
    answer = signed_in(cast.admin).get(NEW)
    assert (answer.status_code, "no role yet" in words_of(answer)) == (403, True)


# --- lists and live parts -----------------------------------------------------------------------------


def reasons_in(answer):
    return {row.reason for row in answer.context["page_obj"]}


def test_the_list_is_narrowed_by_status_by_when_and_by_patient(cast, signed_in):
    requested(cast, reason="asked")
    gone = in_status(cast, Status.CONFIRMED, past=True)
    requested(cast, patient=cast.bob, reason="bob")
    client = signed_in(cast.smith)
    assert reasons_in(client.get(f"{LIST}?status=confirmed")) == {gone.reason}
    assert reasons_in(client.get(f"{LIST}?when=past")) == {gone.reason}
    assert reasons_in(client.get(f"{LIST}?when=coming")) == {"asked", "bob"}
    assert reasons_in(client.get(f"{LIST}?patient=wilson")) == {"bob"}
    assert reasons_in(client.get(f"{LIST}?when=coming&patient=johnson")) == {"asked"}


def test_a_filter_keeps_the_search_and_the_search_keeps_the_filter(cast, signed_in):
    requested(cast)
    page = words_of(signed_in(cast.smith).get(f"{LIST}?patient=Johnson&when=coming"))
    assert 'href="?status=requested&patient=Johnson"' in page
    assert 'name="when" value="coming"' in page


@pytest.mark.parametrize(
    "query", ["status=asleep", "when=never", "page=x", "page=99", "patient=%00", "patient=" + "9" * 200]
)
def test_an_odd_question_still_gets_a_list(cast, signed_in, query):
    requested(cast)
    assert signed_in(cast.smith).get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("who", ["alice", "smith", "admin"])
def test_a_list_asks_the_database_as_often_for_twenty_as_for_one(cast, signed_in, who, django_assert_num_queries):
    client = signed_in(getattr(cast, who))
    requested(cast)
    with CaptureQueriesContext(connection) as one:
        client.get(f"{LIST}partials/list/")
    for _ in range(19):
        requested(cast)
    with django_assert_num_queries(len(one)):
        assert len(client.get(f"{LIST}partials/list/").context["page_obj"]) == 20


def test_a_page_holds_twenty_five(cast, signed_in):
    for _ in range(26):
        requested(cast)
    client = signed_in(cast.smith)
    assert len(client.get(LIST).context["page_obj"]) == 25
    assert len(client.get(f"{LIST}?page=2").context["page_obj"]) == 1


def test_the_live_part_refetches_the_same_page_of_the_same_filter(cast, signed_in):
    requested(cast)
    page = words_of(signed_in(cast.smith).get(f"{LIST}?status=requested&page=1"))
    assert 'data-live-url="/appointments/partials/list/?status=requested&page=1"' in page


def test_an_open_page_hints_that_somebody_else_has_changed_it_beside_the_form(cast, signed_in):
    appointment, client = requested(cast), signed_in(cast.alice)
    page = words_of(client.get(f"{LIST}{appointment.pk}/"))
    live = f"{LIST}{appointment.pk}/partial/?seen=requested"
    assert f'data-live-url="{live}"' in page
    assert "Jane Smith has set it" not in words_of(client.get(live))
    appointment.confirm(by=cast.smith.user)
    part = words_of(client.get(live))
    assert "Jane Smith has set it to confirmed" in part
    assert "<form" not in part
    assert client.get(f"{LIST}{appointment.pk}/partial/?seen=%00").status_code == 200
