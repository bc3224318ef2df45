"""Open alerts on open pages: what becomes of one shows by itself, also to those whom it has not reached."""

from datetime import timedelta

import pytest

from notifications import ladder
from notifications.alerts import acknowledge
from notifications.models import Alert, Cover
from tests.e2e.acting import sign_in
from tests.e2e.browser import expect
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/notifications/alerts/"


def test_an_administrator_whom_it_has_not_reached_sees_it_open_climb_and_being_taken_on(visitors, server, cast):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.bob
    admin = sign_in(visitors(), server, cast.admin, PAGE)
    row = admin.locator("[data-key^=alert-]")
    expect(row).to_have_count(0)

    recorded(cast, critical=True)
    expect(row).to_contain_text("Next: the covering doctor")

    alert = Alert.objects.get()
    ladder.escalate_due(alert.opened_at + timedelta(minutes=15))
    expect(row).to_contain_text("Next: everyone on call")

    acknowledge(alert, by=cast.smith.user)
    expect(row).to_contain_text("Jane Smith")
    expect(row).to_contain_text("An action is still missing")


def test_the_bar_of_who_was_told_first_shows_the_next_step_when_one_is_taken(visitors, server, cast):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.admin
    recorded(cast, critical=True)
    bar = sign_in(visitors(), server, cast.smith).get_by_role("region", name="Critical result")
    expect(bar).to_contain_text("Next step of the ladder")

    alert = Alert.objects.get()
    for count in (15, 30, 60):
        ladder.escalate_due(alert.opened_at + timedelta(minutes=count))
    expect(bar).to_contain_text("Everyone has been told")
