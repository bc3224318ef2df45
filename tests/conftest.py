"""Real PostgreSQL and real Redis for every test, the cast of people, and ways to act as one of them."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import PASSWORD, Cast

if TYPE_CHECKING:
    from tests.as_migrated import AsMigrated

_servers = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from healthhub import embedded

    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # of a parallel run this is the one that hands out the tests
    _servers.enter_context(embedded.servers())


def pytest_unconfigure(config: pytest.Config) -> None:
    _servers.close()


TOGETHER = ("tests/e2e/", "tests/faults/")
"""Folders whose tests share a browser, or would disturb each other: one process of a parallel run does them all."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """These folders come first, for no process can help another with them; the many small files fill up the end."""
    for item in items:
        file = item.nodeid.split("::")[0]
        group = next((folder for folder in TOGETHER if file.startswith(folder)), file)
        item.add_marker(pytest.mark.xdist_group(group))
    yield
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


def pytest_collection_finish() -> None:
    """What was imported and collected stays; looking for garbage in it again and again was a sixth of all the work."""
    gc.disable()


@pytest.fixture(scope="session", autouse=True)
def _what_stays_is_not_looked_at_for_garbage(django_db_setup: None) -> None:
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def as_migrated(django_db_setup: None, django_db_blocker: Any) -> Iterator["AsMigrated"]:
    """Undoes what a test has committed, after each that may."""
    from django.db.utils import OperationalError
    from django.test import TransactionTestCase

    from tests.as_migrated import AsMigrated

    with django_db_blocker.unblock():
        database = AsMigrated.kept()

    def patiently(case: TransactionTestCase) -> None:
        for last in (False, False, True):
            try:
                database.restore()
                break
            except OperationalError:  # a server is in the middle of a request, and each of the two waits for the other
                if last:
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", patiently)
        yield database


@pytest.fixture
def catalogue(db: None) -> None:
    """Says of a test that it needs the example catalogue; the migrations have put it in."""


@pytest.fixture
def rules(db: None) -> None:
    """Says of a test that it needs the example drugs and rules; the migrations have put them in."""


@pytest.fixture
def cast(catalogue: None) -> Cast:
    return Cast()


@pytest.fixture
def outbox(settings: Any) -> Iterator[list[dict[str, Any]]]:
    """What was sent, like `django.core.mail.outbox`; Redis is not asked."""
    from notifications import publisher

    settings.NOTIFICATIONS_OUTBOX = True
    publisher.outbox.clear()
    yield publisher.outbox
    publisher.outbox.clear()


@pytest.fixture
def no_jobs(db: None) -> None:
    """Nothing is left to do by what ran before."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def signed_in() -> Callable[[Any], Any]:
    """`signed_in(cast.alice)`: a Django test client with that person's session."""
    from django.test import Client

    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(getattr(person, "user", person))
        return client

    return sign_in


@pytest.fixture
def api() -> Callable[[Any], Any]:
    """`api(cast.alice)`: an API client with that person's access token; `api(None)` has none."""
    from rest_framework.test import APIClient
    from rest_framework_simplejwt.tokens import RefreshToken

    def client_for(person: Any) -> APIClient:
        client = APIClient()
        if person is not None:
            token = RefreshToken.for_user(getattr(person, "user", person)).access_token
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client_for


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """One server process for all tests that need no more than that; use it with `transactional_db`."""
    from tests.server import Server

    with Server() as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def _no_session_is_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads of asynchronous tests end with a connection in hand; the test database cannot be dropped beside it."""
    yield
    from django.db import connection

    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"{others} AND pid <> pg_backend_pid()")
