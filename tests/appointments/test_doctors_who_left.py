"""What a doctor who has left leaves behind can be cancelled, and nothing else is promised in their name."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.leaving import left_behind_by
from accounts.refusals import IllegalStep
from appointments.returns import bring_back_due
from notifications.channels import session_channel
from tests.appointments.leaving import covered, leaves
from tests.appointments.making import requested, words_of
from tests.appointments.opening import office_hours, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast):
    """Alice's, confirmed."""
    office_hours(cast.smith)
    appointment = requested(cast, requested_time=slot_at(2, 10))
    appointment.confirm(by=cast.smith.user)
    return appointment


@pytest.fixture
def request_(cast):
    """Bob's, unanswered."""
    office_hours(cast.smith)
    return requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))


def test_nobody_confirms_or_moves_it_any_more(cast, visit, request_):
    leaves(cast.smith)
    for refused in (
        lambda: request_.confirm(by=cast.admin),
        lambda: request_.reschedule(by=cast.bob.user, time=slot_at(3, 10)),
        lambda: visit.reschedule(by=cast.admin, time=slot_at(3, 10)),
    ):
        with pytest.raises(IllegalStep, match="no longer works here"):
            refused()
    assert request_.steps_for(cast.admin) == ["cancelled"]


def test_patient_and_administrator_cancel_it(cast, visit, request_):
    leaves(cast.smith)
    visit.cancel(by=cast.alice.user)
    request_.cancel(by=cast.admin)
    assert (visit.status, request_.status) == ("cancelled", "cancelled")


def test_the_page_of_a_request_offers_neither_and_the_move_page_says_why(cast, request_, signed_in):
    leaves(cast.smith)
    client, move = signed_in(cast.bob), reverse("appointments:move", args=[request_.pk])
    assert move not in words_of(client.get(request_.get_absolute_url()))
    assert "This doctor no longer works here" in words_of(client.get(move, follow=True))


def test_administrators_see_the_calendar_as_long_as_visits_stand_in_it(cast, visit, signed_in):
    leaves(cast.smith)
    day = reverse("appointments:calendar_of", args=[cast.smith.pk, "day", slot_at(2, 10).date()])
    assert "Alice Johnson" in words_of(signed_in(cast.admin).get(day))
    for stranger in (cast.alice, cast.brown):
        assert signed_in(stranger).get(day).status_code == 404
    visit.cancel(by=cast.admin)
    assert signed_in(cast.admin).get(day).status_code == 404


# --- requests that nobody has answered ------------------------------------------------------------------


def test_the_patient_reads_that_nobody_answers_and_asks_another_doctor(cast, request_, signed_in):
    client, words = signed_in(cast.bob), "Dr. Jane Smith no longer works here and cannot answer you."
    assert words not in words_of(client.get(request_.get_absolute_url()))
    leaves(cast.smith)
    for path in (request_.get_absolute_url(), f"{request_.get_absolute_url()}partial/", "/"):
        page = words_of(client.get(path))
        assert words in page
        assert f"/appointments/new/?kind={request_.kind.code}" in page
    assert "Ask another doctor" in words_of(client.get("/appointments/"))
    assert client.get(f"/appointments/new/?kind={request_.kind.code}").status_code == 200
    request_.cancel(by=cast.bob.user)
    assert words not in words_of(client.get(request_.get_absolute_url()))


def test_administrators_and_the_cover_whom_it_has_come_to_ask_another_for_the_patient(cast, request_, signed_in):
    covered(cast.smith, cast.brown)
    leaves(cast.smith)
    bring_back_due(request_.asked_at + timedelta(hours=24))
    link = f"/appointments/new/?patient={cast.bob.pk}&amp;kind={request_.kind.code}"
    for reader in (cast.admin, cast.brown):
        client = signed_in(reader)
        answer = client.get(request_.get_absolute_url())
        assert "so nobody can confirm it" in words_of(answer)
        assert link in answer.content.decode()
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    page = signed_in(cast.admin).get("/appointments/")
    assert "Doctor has left" in words_of(page)


def test_another_doctor_of_the_patient_reads_that_others_see_to_it(cast, request_, signed_in):
    requested(cast, patient=cast.bob, doctor=cast.trainee, requested_time=slot_at(4, 10))
    leaves(cast.smith)
    page = words_of(signed_in(cast.trainee).get(request_.get_absolute_url()))
    assert "Whoever covers, or an administrator, sees to it." in page
    assert "Ask another doctor" not in page


def test_the_stranger_reads_nothing_of_it(cast, request_, signed_in):
    leaves(cast.smith)
    for stranger in (cast.alice, cast.charlie, cast.brown):
        assert signed_in(stranger).get(request_.get_absolute_url()).status_code == 404


def test_who_deactivates_a_doctor_is_told_how_many_requests_wait(cast, request_, signed_in):
    assert left_behind_by(cast.smith.user) == []
    leaves(cast.smith)
    (said,) = left_behind_by(cast.smith.user)
    assert said.words.startswith("1 request to them waits for an answer")
    assert "Bob Wilson" in words_of(signed_in(cast.admin).get(said.path))
    request_.cancel(by=cast.admin)
    assert left_behind_by(cast.smith.user) == []


def test_the_patients_page_looks_again(cast, request_, outbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        leaves(cast.smith)
    frame = {"channel": session_channel(cast.bob.pk), "type": "refresh", "topic": "appointments"}
    assert frame in outbox
