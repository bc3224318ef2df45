"""A server whose heart beats each second, for all faults that do not need one of their own, and the report's end."""

import random

import pytest

from tests.faults.own_redis import OwnRedis, published_to
from tests.faults.report import headline, rows, table
from tests.faults.scale import SEED
from tests.server import Server

QUICK = {"NOTIFICATIONS_HEARTBEAT_SECONDS": "1"}


def pytest_terminal_summary(terminalreporter) -> None:
    if rows:
        terminalreporter.section(headline())
        for line in table():
            terminalreporter.write_line(line)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(SEED)


@pytest.fixture
def alice(cast):
    return cast.alice


@pytest.fixture(scope="session")
def quick_server(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), Server(**QUICK) as running:
        yield running


@pytest.fixture
def own_redis(settings):
    """This process and the servers of `server_on(own_redis)` use it."""
    with OwnRedis() as own, published_to(own.url, settings):
        yield own


def server_on(own_redis: OwnRedis, **environment: str) -> Server:
    return Server(REDIS_URL=own_redis.url, **{**QUICK, **environment})
