"""The administration: everything to be found, nothing to be changed but through the appointment's own verbs."""

import pytest
from django.urls import reverse

from appointments.models import AppointmentStatusChange, VisitKind
from appointments.statuses import Status
from tests.appointments.making import in_status, requested, words_of

pytestmark = pytest.mark.django_db
ROWS = "/admin/appointments/appointment/"


def act(client, action, *appointments):
    sent = {"action": action, "_selected_action": [str(one.pk) for one in appointments]}
    return client.post(ROWS, sent, follow=True).content.decode()


@pytest.mark.parametrize(
    "before, action, after",
    [
        ("requested", "confirm", "confirmed"),
        ("confirmed", "start", "in_progress"),
        ("in_progress", "complete", "completed"),
        ("requested", "cancel", "cancelled"),
        ("confirmed", "mark_no_show", "no_show"),
    ],
)
def test_each_action_is_the_verb_and_tells_people(cast, signed_in, outbox, before, action, after):
    appointment = in_status(cast, before, past=action == "mark_no_show")
    page = act(signed_in(cast.admin), action, appointment)
    appointment.refresh_from_db()
    last = appointment.history.latest("at", "id")
    assert (appointment.status, last.by) == (after, cast.admin)
    assert "errornote" not in page


@pytest.mark.parametrize(
    "action, before", [("start", "requested"), ("confirm", "completed"), ("mark_no_show", "confirmed")]
)
def test_a_refused_action_says_why_and_changes_nothing(cast, signed_in, action, before):
    appointment = in_status(cast, before)
    page = act(signed_in(cast.admin), action, appointment)
    appointment.refresh_from_db()
    assert appointment.status == before
    assert "has not come yet" in page if action == "mark_no_show" else "cannot become" in page


def test_of_several_the_possible_ones_go_through(cast, signed_in):
    first, second = requested(cast), in_status(cast, Status.COMPLETED)
    page = act(signed_in(cast.admin), "confirm", first, second)
    first.refresh_from_db()
    assert (first.status, "1 confirmed" in page) == ("confirmed", True)


def test_nothing_is_edited_or_deleted_by_hand(cast, signed_in):
    appointment, client = requested(cast), signed_in(cast.admin)
    one = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    page = client.get(one)
    assert page.status_code == 200
    assert b'name="status"' not in page.content
    assert client.post(one, {"status": "completed"}).status_code == 403
    assert client.post(reverse("admin:appointments_appointment_delete", args=[appointment.pk])).status_code == 403
    act(client, "delete_selected", appointment)
    assert AppointmentStatusChange.objects.filter(appointment=appointment).count() == 1


def test_one_is_added_where_everyone_adds_them_so_by_the_same_rules(cast, signed_in):
    client = signed_in(cast.admin)
    assert "Add appointment" in client.get(ROWS).content.decode()
    assert client.get(f"{ROWS}add/").url == "/appointments/new/"


@pytest.mark.parametrize(
    "query",
    ["q=Johnson", "q=alice", "q=%00", "status__exact=requested", "requested_time__year=9999", "requested_time__year=1"],
)
def test_the_list_is_searched_and_filtered_and_odd_questions_are_no_error(cast, signed_in, query):
    requested(cast)
    assert signed_in(cast.admin).get(f"{ROWS}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("word, found", [("Alice", True), ("Johnson", True), ("Smith", True), ("Stone", False)])
def test_the_search_knows_both_peoples_names(cast, signed_in, word, found):
    requested(cast)
    assert ("Alice Johnson" in signed_in(cast.admin).get(f"{ROWS}?q={word}").content.decode()) is found


@pytest.mark.parametrize("who", ["charlie", "alice", "smith"])
def test_only_administrators_come_in(cast, signed_in, who):
    appointment = requested(cast)
    client = signed_in(getattr(cast, who))
    assert client.get(ROWS).status_code == 302
    act(client, "cancel", appointment)
    appointment.refresh_from_db()
    assert appointment.status == Status.REQUESTED


@pytest.mark.parametrize(
    "model, wrong, words",
    [
        ("absence", {"begins_0": "0001-01-01"}, "Give a date between 1900 and 2200."),
        ("absence", {"ends_0": "9999-12-31"}, "Give a date between 1900 and 2200."),
        ("absence", {"ends_0": "2026-11-30"}, "It ends before it begins."),
        ("availabilityrule", {"effective_from": "0001-01-01"}, "Give a date between 1900 and 2200."),
        ("availabilityrule", {"effective_until": "9999-12-31"}, "Give a date between 1900 and 2200."),
        ("availabilityrule", {"effective_until": "2025-12-31"}, "The last day is before the first."),
        ("visitkind", {"minutes": "4"}, "Give 5 to 480 minutes."),
        ("visitkind", {"buffer_minutes": "241"}, "Give 240 minutes at most."),
        ("visitkind", {"is_default": "on", "is_active": ""}, "The default kind is offered to everyone"),
        ("visitkind", {"is_default": "on"}, "Another kind is the default."),
    ],
)
def test_what_cannot_be_published_is_said_in_words(cast, signed_in, model, wrong, words):
    VisitKind.default()
    right = {
        "absence": {"begins_0": "2026-12-01", "begins_1": "10:00", "ends_0": "2026-12-02", "ends_1": "10:00"},
        "availabilityrule": {"weekday": "1", "begins": "10:00", "ends": "12:00", "effective_from": "2026-01-01"},
        "visitkind": {"code": "z", "name": "Z", "minutes": "30", "buffer_minutes": "0", "is_active": "on"},
    }[model]
    client, page = signed_in(cast.admin), f"/admin/appointments/{model}/add/"
    answer = client.post(page, {"doctor": str(cast.smith.pk), **right, **wrong})
    assert (answer.status_code, words in words_of(answer), "Constraint" in words_of(answer)) == (200, True, False)
    assert client.post(page, {"doctor": str(cast.smith.pk), **right}).status_code == 302
