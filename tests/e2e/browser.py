"""Chromium for tests, in a thread of its own.

Playwright's synchronous API leaves an event loop running in its thread; in pytest's own thread that would
break the ORM and every async test. So it lives in one thread, and tests hold `Remote`s: they look like
Playwright's pages and locators, and each call on them runs over there.

    def test_it(page, live_url):
        page.goto(live_url)
        page.get_by_role("button", name="Confirm").click()
        expect(page.locator(".toast")).to_contain_text("Confirmed")

Events (console, dialogs, routes) are served only while some call is running: to wait, use Playwright's own
waits (`expect`, `page.wait_for_function`), never time.sleep. Handlers given to `page.on` and `page.route`
run in the browser's thread and get Playwright's raw objects.
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_ident
from typing import Any, Self, cast

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright
from playwright.sync_api import expect as playwright_expect

TIMEOUT_MS = 10_000
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Nothing but what the page under test asks for goes over the network."""


def chromium() -> str:
    """The path of a Chromium. Raises RuntimeError where there is none."""
    if (Path(__file__).parents[2] / "scripts" / "browser.py").exists():
        from scripts.browser import chromium_path

        return str(chromium_path())
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise RuntimeError("No Chromium found. Install one, or name it in CHROMIUM.")
    return found


class Remote:
    """Stands for a Playwright object: attributes, calls, `with` and `==` happen in the browser's thread."""

    def __init__(self, browser: "Browser", target: object) -> None:
        self.__dict__.update(_browser=browser, _target=target)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._browser.run(getattr, self._target, name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name!r} cannot be set on a Playwright object.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._browser.run(self._target, *args, **kwargs)

    def __enter__(self) -> Any:
        return self._browser.run(self._target.__enter__)

    def __exit__(self, *error: Any) -> Any:
        return self._browser.run(self._target.__exit__, *error)

    def __eq__(self, other: object) -> bool:
        return self._target == _plain(other)

    def __hash__(self) -> int:
        return hash(self._target)

    def __repr__(self) -> str:
        return f"<remote {self._browser.run(repr, self._target)}>"


class Browser:
    """One Chromium in its thread; use it as a context manager."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="playwright")
        self._thread_id = 0
        self._playwright: Any = None
        self._chromium: Any = None

    def __enter__(self) -> Self:
        path = chromium()
        try:
            self._thread.submit(self._start, path).result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def _start(self, path: str) -> None:
        self._thread_id = get_ident()
        self._playwright = sync_playwright().start()
        # Chromium's sandbox does not work for root.
        args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
        self._chromium = self._playwright.chromium.launch(
            executable_path=path,
            args=args,
            # Playwright switches it off, but people's browsers have it, and it closes sockets.
            ignore_default_args=["--disable-back-forward-cache"],
        )

    def _stop(self) -> None:
        if self._chromium:
            self._chromium.close()
        if self._playwright:
            self._playwright.stop()

    def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`work` in the browser's thread; what it gives of Playwright's comes back as Remotes."""
        if get_ident() == self._thread_id:
            return work(*args, **kwargs)

        def there() -> Any:
            plain = {name: _plain(value) for name, value in kwargs.items()}
            return work(*map(_plain, args), **plain)

        return self._remote(self._thread.submit(there).result())

    def context(self, **options: Any) -> BrowserContext:
        """A fresh visitor: own cookies, own storage, `options` as for Playwright's `new_context`."""

        def make() -> BrowserContext:
            context: BrowserContext = self._chromium.new_context(**options)
            context.set_default_timeout(TIMEOUT_MS)
            return context

        return cast(BrowserContext, self.run(make))

    def _remote(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(map(self._remote, value))
        # Bound methods too: they must be called over there.
        owner = getattr(value, "__self__", value)
        is_theirs = type(owner).__module__.startswith("playwright.") and not isinstance(value, Error)
        return Remote(self, value) if is_theirs and not isinstance(value, str | dict) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return value._target if isinstance(value, Remote) else value


class Visitors:
    """Opens pages, each in a browser context of its own, and collects what no page may do."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        """Uncaught exceptions and refusals by the content security policy."""

    def __call__(self, **options: Any) -> Page:
        """A new visitor's page; `options` as for Playwright's `new_context`."""
        context = self._browser.context(**options)
        self._contexts.append(context)
        context.on("weberror", self._uncaught)
        context.on("console", self._console)
        return context.new_page()

    def _uncaught(self, error: Any) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.problems.append(message.text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def expect(target: Any) -> Any:
    """Playwright's `expect` for a Remote page, locator or response; it waits up to TIMEOUT_MS."""
    browser: Browser = target._browser

    def build(plain: Any) -> Any:
        playwright_expect.set_options(timeout=TIMEOUT_MS)
        return playwright_expect(plain)

    return browser.run(build, target)
