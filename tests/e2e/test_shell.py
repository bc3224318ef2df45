"""What every page does while news comes in: nothing under the hand moves, nothing is said twice or falsely."""

import pytest

from tests.appointments.making import requested
from tests.e2e.acting import sign_in
from tests.e2e.browser import expect
from tests.e2e.test_every_page import violations
from tests.labs.making import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_row_that_arrives_waits_until_the_pointer_is_off_the_rows(visitors, server, cast):
    result = recorded(cast)
    doctor = sign_in(visitors(), server, cast.smith)
    row = doctor.locator(f"[data-key$='{result.pk}']")
    before = row.bounding_box()
    doctor.mouse.move(before["x"] + 90, before["y"] + before["height"] / 2)

    with doctor.expect_response("**/partials/home/worklist/"):
        requested(cast)
    expect(doctor.locator(".toast")).to_be_visible()
    assert row.bounding_box() == before

    doctor.mouse.move(5, 300)
    expect(doctor.locator("tr[data-arrived]")).to_contain_text("Annual checkup")


def test_an_open_alarm_is_not_announced_again_by_news_that_does_not_concern_it(visitors, server, cast):
    recorded(cast, critical=True)
    doctor = sign_in(visitors(), server, cast.smith)
    doctor.evaluate("document.querySelector('#alarms [role=alert]').wasSaid = true")
    requested(cast)
    expect(doctor.locator("header .mast-tool b")).to_have_text("2")
    with doctor.expect_response("**/notifications/alarms/"):
        other = doctor.context.new_page()
        other.goto(f"{server.url}/notifications/")
        other.get_by_role("button", name="Mark all as read").click()
    # The open alert alone stays unread: it is answered, not waved away.
    expect(doctor.locator("header .mast-tool b")).to_have_text("1")
    assert doctor.evaluate("document.querySelector('#alarms [role=alert]').wasSaid === true")


def test_letters_move_through_a_list_only_with_the_focus_in_it(visitors, server, cast):
    requested(cast)
    requested(cast, patient=cast.bob)
    doctor = sign_in(visitors(), server, cast.smith)
    names = doctor.locator("main .table a.name")
    doctor.keyboard.press("j")
    expect(names.first).not_to_be_focused()
    names.first.focus()
    doctor.keyboard.press("j")
    expect(names.nth(1)).to_be_focused()
    doctor.keyboard.press("k")
    expect(names.first).to_be_focused()


def test_news_whose_words_cannot_be_had_is_still_shown_and_escape_closes_it(visitors, server, cast):
    doctor = sign_in(visitors(), server, cast.smith)
    doctor.route("**/toast/", lambda route: route.fulfill(status=500))
    requested(cast)
    expect(doctor.locator(".toast")).to_contain_text("Something new has arrived")
    doctor.locator(".toast [data-closes]").focus()
    doctor.keyboard.press("Escape")
    expect(doctor.locator(".toast")).to_have_count(0)
    expect(doctor.locator("#main")).to_be_focused()


def test_a_refused_form_starts_at_what_was_wrong_and_is_accessible(visitors, server, cast):
    page = visitors()
    page.goto(f"{server.url}/account/sign-in/")
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".summary")).to_be_focused()
    assert violations(page) == []


def test_a_page_that_is_stopped_for_good_does_not_promise_to_come_back(visitors, server, cast):
    doctor = sign_in(visitors(), server, cast.smith)
    doctor.evaluate(
        """async () => {
          const { showConnection } = await import("/static/js/pages/connection.js");
          showConnection({ state: "stopped", since: new Date() });
        }"""
    )
    notice = doctor.locator("[data-offline]")
    expect(notice).to_contain_text("Reload it")
    expect(notice).not_to_contain_text("by itself")
