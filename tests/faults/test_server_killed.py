"""A server that is killed with -9 loses nothing that was committed, and tells nobody twice."""

import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from notifications.channels import SYSTEM_ALERTS
from notifications.models import Notification
from tests.faults.asking import NO_ANSWER, Program
from tests.faults.conftest import server_on
from tests.faults.reader import Reader, wait_for
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import scaled
from tests.faults.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def test_a_server_killed_between_commit_and_publish_loses_nothing(cast, own_redis):
    """Redis is frozen, so a server that has just started hangs in greeting it, after its commit and before it has
    published a byte. There it is killed; a plain subscriber of Redis proves that nothing was published."""
    program, times = Program(cast.admin), scaled(2, 20)
    with (
        together(server_on(own_redis), server_on(own_redis)) as (victim, other),
        own_redis.client().pubsub() as wire,
    ):
        wire.subscribe(SYSTEM_ALERTS)
        assert wire.get_message(timeout=2)
        with Reader(cast.alice, [victim.ws, other.ws]) as one, Reader(cast.bob, [other.ws]) as two:
            for number in range(times):
                own_redis.freeze()
                with ThreadPoolExecutor(1) as pool:
                    asking = pool.submit(program.announce, victim, f"Number {number}")
                    assert wait_for(lambda: Notification.objects.count() == number + 1, 10)  # noqa: B023
                    assert not asking.done()
                    victim.kill()
                    assert isinstance(asking.exception(10), NO_ANSWER)
                own_redis.thaw()
                victim.start()
            assert Notification.objects.filter(published_at=None).count() == times
            assert wire.get_message(timeout=0.5) is None
            everything_was_shown_once(
                f"a server killed between its commit and its publishing, {times} times", [one, two]
            )


def test_servers_killed_at_any_moment_under_writes_lose_nothing(cast, own_redis, dice):
    """Programs go on asking, each question under a key of its own until it is answered: it is done once."""
    program, kills, asked, enough = Program(cast.admin), scaled(2, 20), itertools.count(), threading.Event()
    with (
        together(server_on(own_redis), server_on(own_redis)) as (first, second),
        ThreadPoolExecutor(3) as pool,
    ):

        def ask_on(own_dice: random.Random) -> list[str]:
            servers, ids = iter(lambda: own_dice.choice([first, second]), None), []
            while not enough.wait(own_dice.uniform(0, 0.05)):
                ids.append(program.announce_until_it_is_heard(servers, f"Number {next(asked)}"))
            return ids

        with Reader(cast.alice, [first.ws, second.ws]) as one, Reader(cast.bob, [second.ws, first.ws]) as two:
            asking = [pool.submit(ask_on, random.Random(dice.random())) for _ in range(3)]
            try:
                for victim in itertools.islice(itertools.cycle([first, second]), kills):
                    enough.wait(dice.uniform(0.2, 1))
                    victim.kill()
                    victim.start()
            finally:
                enough.set()
            heard = [found for done in asking for found in done.result(60)]
            assert len(set(heard)) == len(heard) == Notification.objects.count()
            everything_was_shown_once(f"servers killed at any moment under writes, {kills} times", [one, two])
