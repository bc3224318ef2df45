"""What a doctor who has left leaves behind can be cancelled, and nothing else is promised in their name."""

import pytest
from django.urls import reverse

from accounts.refusals import IllegalStep
from tests.appointments.leaving import leaves
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
