"""What was read is read everywhere at once: in the other tab, on the other device, in the corner of the screen."""

import pytest

from tests.appointments.making import requested
from tests.e2e.acting import bell, is_live, sign_in
from tests.e2e.browser import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def rows(page, name="Mark read"):
    return page.get_by_role("button", name=name)


def test_one_that_is_marked_read_is_read_in_the_other_tab_and_on_the_phone(visitors, server, cast):
    requested(cast)
    requested(cast, patient=cast.bob)
    desk = sign_in(visitors(), server, cast.smith, "/notifications/")
    tab = desk.context.new_page()
    tab.goto(f"{server.url}/notifications/")
    is_live(tab)
    phone = sign_in(visitors(viewport={"width": 390, "height": 800}), server, cast.smith)
    expect(bell(phone)).to_have_accessible_name("2 unread notifications")
    desk.evaluate("window.sameAsBefore = true")

    rows(desk, "Mark read Bob Wilson asks for an appointment").click()

    for page in (desk, tab, phone):
        expect(bell(page)).to_have_accessible_name("1 unread notification")
    for page in (desk, tab):
        expect(rows(page)).to_have_count(1)
    expect(rows(desk, "Open Bob Wilson asks for an appointment")).to_be_focused()
    assert desk.evaluate("window.sameAsBefore === true")


def test_without_scripts_marking_read_is_a_form(visitors, server, cast):
    requested(cast)
    page = visitors(java_script_enabled=False)
    page.goto(f"{server.url}/account/sign-in/?next=/notifications/?filter=unread")
    page.get_by_label("E-mail").fill(cast.smith.user.email)
    page.get_by_label("Password").fill("correct-horse-7")
    page.get_by_role("button", name="Sign in").click()
    rows(page).click()
    expect(page).to_have_url(f"{server.url}/notifications/?filter=unread")
    expect(page.get_by_text("0 unread")).to_be_visible()


def test_what_a_toast_opens_is_read_and_its_copy_on_the_other_device_goes(visitors, server, cast):
    assert cast.alice
    desk, other = (sign_in(visitors(), server, cast.smith) for _ in range(2))
    appointment = requested(cast)
    expect(other.locator(".toast")).to_be_visible()
    desk.locator(".toast").get_by_role("button", name="Open").click()
    expect(desk).to_have_url(f"{server.url}/appointments/{appointment.pk}/")
    expect(other.locator(".toast")).to_have_count(0)
    for page in (desk, other):
        expect(bell(page)).to_have_accessible_name("0 unread notifications")
