"""All servers are restarted in turn under load, as for a new version: every client has everything, once."""

import contextlib

import pytest

from notifications.channels import SYSTEM_ALERTS, doctor_channel, patient_channel
from tests.faults.conftest import server_on
from tests.faults.load import under_load
from tests.faults.reader import Reader
from tests.faults.report import everything_was_shown_once
from tests.faults.scale import scaled
from tests.faults.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
RESTARTING = 4012


def test_all_servers_restarted_in_turn_under_load_lose_nothing(cast, own_redis, dice):
    rounds = scaled(1, 10)
    people = [cast.alice, cast.bob, cast.smith]
    channels = [patient_channel(cast.alice.pk), patient_channel(cast.bob.pk), doctor_channel(cast.smith.pk)]
    with together(*(server_on(own_redis) for _ in range(3))) as servers, contextlib.ExitStack() as stack:
        at = [server.ws for server in servers]
        # Two clients for each person, one at home on each server and one on its neighbour.
        readers = [
            stack.enter_context(Reader(person, at[home:] + at[:home]))
            for number, person in enumerate(people)
            for home in (number, (number + 1) % 3)
        ]
        with under_load([*channels, SYSTEM_ALERTS], dice, every=0.02, writers=2):
            for _ in range(rounds):
                for server in servers:
                    server.stop()
                    server.start()
        assert all(RESTARTING in reader.closes for reader in readers)
        everything_was_shown_once(
            f"{len(servers)} servers restarted in turn, {rounds} times round, {len(readers)} clients",
            readers,
        )
