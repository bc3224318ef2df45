"""What people do in the browser, in the words of the tests."""

from tests.cast import PASSWORD
from tests.e2e.browser import expect


def sign_in(page, server, person, path="/", state="Live"):
    """Signs in through the page and waits until it says that it is live, or another `state`."""
    page.goto(f"{server.url}/account/sign-in/?next={path}")
    page.get_by_label("E-mail").fill(getattr(person, "user", person).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-connection]")).to_have_text(state)
    return page


def is_live(page):
    expect(page.locator("[data-connection]")).to_have_text("Live")


def bell(page):
    return page.locator("header .mast-tool[href='/notifications/']")
