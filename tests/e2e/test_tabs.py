"""Two tabs of one person: each shows what comes, once, and one takes over when the other is gone."""

import pytest

from tests.appointments.making import requested
from tests.e2e.acting import bell, is_live, sign_in
from tests.e2e.browser import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tabs(visitors, server, cast):
    assert cast.alice
    first = sign_in(visitors(), server, cast.smith)
    second = first.context.new_page()
    second.goto(f"{server.url}/appointments/")
    is_live(second)
    return first, second


def rows(page):
    return page.locator("tr[data-key^=appointment-]")


def test_both_show_what_comes_and_once(cast, tabs):
    requested(cast)
    for tab in tabs:
        expect(rows(tab)).to_have_count(1)
        expect(bell(tab)).to_have_accessible_name("1 unread notification")


def test_when_the_first_is_closed_the_second_goes_on(cast, tabs):
    first, second = tabs
    first.close()
    requested(cast)
    expect(rows(second)).to_have_count(1)
    is_live(second)


def test_what_is_read_in_one_is_read_in_the_other(cast, tabs):
    first, second = tabs
    requested(cast)
    expect(bell(second)).to_have_accessible_name("1 unread notification")
    first.goto(first.url + "notifications/")
    first.get_by_role("button", name="Mark all as read").click()
    expect(bell(second)).to_have_accessible_name("0 unread notifications")
