"""Redis holds nothing but what is being published: whatever becomes of it, each notification is shown once."""

import time

import pytest

from notifications.channels import SYSTEM_ALERTS, patient_channel
from tests.faults.conftest import server_on
from tests.faults.load import under_load
from tests.faults.own_redis import OwnRedis, published_to
from tests.faults.reader import Reader
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import LONG, scaled
from tests.faults.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
AWAY = scaled(3, 30)
"""Seconds."""
TIMES = scaled(3, 20)
SLOWEST = 4
"""Seconds: a paused Redis is waited for once, for two."""


def stopped(own_redis: OwnRedis) -> None:
    own_redis.kill()
    time.sleep(AWAY)
    own_redis.start()


def restarted_empty(own_redis: OwnRedis) -> None:
    for _ in range(TIMES):
        own_redis.kill()
        own_redis.start()
        time.sleep(0.3)


def paused(own_redis: OwnRedis) -> None:
    """Its process stands still: connections stay open and nothing is answered."""
    own_redis.freeze()
    time.sleep(AWAY)
    own_redis.thaw()


def flushed(own_redis: OwnRedis) -> None:
    for _ in range(TIMES):
        with own_redis.client() as client:
            client.flushall()
        time.sleep(0.3)


@pytest.fixture(scope="module")
def redis_and_servers(django_db_setup, django_db_blocker):
    """Two servers on one Redis, for all that happens to it."""
    with django_db_blocker.unblock(), OwnRedis() as own, together(server_on(own), server_on(own)) as servers:
        yield own, servers


@pytest.mark.parametrize(
    ("fault", "happens"),
    [
        (f"Redis stopped for {AWAY} s under writes", stopped),
        (f"Redis killed and restarted empty, {TIMES} times", restarted_empty),
        (f"Redis paused for {AWAY} s", paused),
        (f"Redis flushed, {TIMES} times", flushed),
    ],
    ids=["stopped", "restarted empty", "paused", "flushed"],
)
def test_whatever_happens_to_redis_nothing_is_lost(redis_and_servers, cast, settings, dice, fault, happens):
    own_redis, (first, second) = redis_and_servers
    channels = [patient_channel(cast.alice.pk), patient_channel(cast.bob.pk), SYSTEM_ALERTS]
    with (
        published_to(own_redis.url, settings),
        Reader(cast.alice, [first.ws]) as one,
        Reader(cast.alice, [second.ws]) as two,
        Reader(cast.bob, [second.ws]) as three,
    ):
        with under_load(channels, dice, every=0.04, writers=4) as load:
            happens(own_redis)
        note = f"slowest write {load.slowest:.1f} s{'' if LONG else '; 30 s or 20 times at length'}"
        everything_was_shown_once(fault, [one, two, three], note=note)
        assert load.slowest < SLOWEST
