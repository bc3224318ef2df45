"""The browser thread: Playwright looks as usual from a test, and leaves the ORM and async tests alone."""

import asyncio
from threading import get_ident

import pytest

from accounts.models import User
from tests.e2e.browser import expect
from tests.e2e.repo_server import repo_server

pytestmark = pytest.mark.browser
BUTTON = "<button>Confirm</button><p></p>"


@pytest.fixture(scope="module")
def url():
    with repo_server() as url:
        yield url


def test_a_page_is_driven_as_usual(page):
    page.set_content(BUTTON)
    page.get_by_role("button", name="Confirm").focus()
    expect(page.get_by_role("button")).to_be_focused()
    expect(page.locator("p")).not_to_be_visible()


def test_a_failed_expectation_fails_the_test(page):
    page.set_content(BUTTON)
    with pytest.raises(AssertionError, match="Cancel"):
        expect(page.get_by_role("button")).to_have_text("Cancel", timeout=100)


def test_pages_and_locators_may_be_handed_to_one_another(page):
    page.set_content(BUTTON + BUTTON)
    assert page.get_by_role("button").filter(has=page.locator("p")).count() == 0
    assert [button.inner_text() for button in page.get_by_role("button").all()] == ["Confirm", "Confirm"]
    assert page.context.pages[0] == page


def test_what_a_step_brings_about_is_awaited(page, url):
    with page.expect_response("**/tests/contract/*") as answer:
        page.goto(f"{url}/tests/contract/system_alert.json")
    assert answer.value.json()["type"] == "system_alert"


def test_handlers_run_in_the_browsers_thread(page, url):
    threads = []
    page.route("**/taken", lambda route: (threads.append(get_ident()), route.fulfill(body="ours")))
    page.goto(f"{url}/taken")
    assert page.locator("body").inner_text() == "ours"
    assert threads != [get_ident()]


def test_two_visitors_share_no_cookies(visitors, url):
    one, other = visitors(), visitors(color_scheme="dark")
    for page in (one, other):
        page.goto(url)
    one.evaluate("document.cookie = 'name=one'")
    assert other.evaluate("document.cookie") == ""


def test_a_page_that_throws_is_noticed(visitors, url):
    page = visitors()
    page.goto(url)
    page.evaluate("setTimeout(() => { throw new Error('the page broke'); })")
    page.wait_for_timeout(100)
    assert len(visitors.problems) == 1
    assert "the page broke" in visitors.problems.pop()


def test_a_page_that_breaks_the_security_policy_is_noticed(visitors, url):
    page = visitors()
    page.goto(url)
    page.evaluate("document.body.innerHTML = '<p style=\"color: red\">x</p>'")
    page.wait_for_timeout(100)
    assert len(visitors.problems) == 1
    assert "Content Security Policy" in visitors.problems.pop()


@pytest.mark.django_db
def test_the_orm_works_beside_an_open_page(page, cast):
    page.set_content(BUTTON)
    assert User.objects.filter(pk=cast.alice.pk).exists()


async def test_an_async_test_works_beside_the_browser(browser):
    await asyncio.sleep(0)
    assert asyncio.get_running_loop().is_running()
