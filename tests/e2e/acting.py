"""What people do in the browser, in the words of the tests."""

from django.conf import settings
from django.test import Client

from tests.cast import PASSWORD
from tests.e2e.browser import expect


def sign_in(page, server, person, path="/", state="Live"):
    """Comes with a session, as who signed in this morning; waits until the page is live, or says another `state`."""
    client = Client()
    client.force_login(getattr(person, "user", person))
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": server.url}
    page.context.add_cookies([{**session, "httpOnly": True, "sameSite": settings.SESSION_COOKIE_SAMESITE}])
    page.goto(f"{server.url}{path}")
    expect(page.locator("[data-connection]")).to_have_text(state)
    return page


def sign_in_by_hand(page, server, person, path="/"):
    """Signs in through the page, and waits until the one that was wanted is live."""
    page.goto(f"{server.url}/account/sign-in/?next={path}")
    page.get_by_label("E-mail").fill(getattr(person, "user", person).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    is_live(page)
    return page


def is_live(page):
    expect(page.locator("[data-connection]")).to_have_text("Live")


def is_live_again(page):
    """After its server was away: the pauses between attempts grow to half a minute."""
    expect(page.locator("[data-connection]")).to_have_text("Live", timeout=40_000)


def bell(page):
    return page.locator("header .mast-tool[href='/notifications/']")
