"""A doctor's calendar on the screen: with the keyboard, live, and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.appointments.making import requested
from tests.appointments.opening import consultation, office_hours, slot_at
from tests.e2e.acting import is_live, sign_in
from tests.e2e.browser import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    consultation()
    return cast.smith


def week(doctor, view="week"):
    return f"/appointments/calendar/{doctor.pk}/{view}/{timezone.localdate() + timedelta(days=2)}/"


def focused(page):
    return page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ')")


def test_the_arrows_go_through_days_and_times_and_what_is_booked_appears_without_moving_the_focus(
    visitors, server, cast, smith
):
    visit = requested(cast, requested_time=slot_at(2, 10))
    visit.confirm(by=smith.user)
    page = sign_in(visitors(viewport={"width": 1440, "height": 900}), server, smith, week(smith))
    is_live(page)
    entry = page.locator(f"#grid-visit-{visit.pk}")
    entry.focus()
    for key, words in [("ArrowDown", "10:30"), ("ArrowDown", "11:00"), ("ArrowUp", "10:30")]:
        page.keyboard.press(key)
        assert focused(page).startswith(words)
    page.keyboard.press("ArrowUp")
    assert "Alice Johnson" in focused(page)

    other = requested(cast, patient=cast.bob, requested_time=slot_at(2, 11))
    expect(page.locator(f"#grid-request-{other.pk}")).to_contain_text("Bob Wilson")
    expect(entry).to_be_focused()
    other.cancel(by=cast.bob.user)
    expect(page.locator(f"#grid-request-{other.pk}")).to_have_count(0)

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Appointment", exact=True)).to_be_visible()


def test_the_present_moment_is_marked_and_goes_on(visitors, server, smith):
    page = visitors(viewport={"width": 1440, "height": 900})
    sign_in(page, server, smith)
    page.clock.install(time=timezone.now().replace(hour=10, minute=5))
    page.goto(f"{server.url}/appointments/calendar/")
    expect(page.locator("tr[data-now] th")).to_contain_text("10:00 now")
    page.clock.fast_forward("10:30")
    expect(page.locator("tr[data-now] th")).to_contain_text("10:15")


def test_on_a_phone_it_is_a_list_for_each_day(visitors, server, cast, smith):
    visit = requested(cast, requested_time=slot_at(2, 10))
    page = sign_in(visitors(viewport={"width": 1440, "height": 700}), server, smith, week(smith))
    page.locator(f"#grid-request-{visit.pk}").focus()
    page.set_viewport_size({"width": 320, "height": 700})
    expect(page.locator("table.cal")).to_be_hidden()
    expect(page.locator(f"#list-request-{visit.pk}")).to_be_visible()
    expect(page.locator(".cal-list [tabindex='0']")).to_have_count(1)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
