from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Browser, Visitors


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """`visitors(viewport=..., color_scheme="dark")`: a page of a new visitor, with cookies of their own."""
    visitors = Visitors(browser)
    yield visitors
    visitors.close()
    assert visitors.problems == []


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """The page of one visitor, where a test needs no more."""
    return visitors()
