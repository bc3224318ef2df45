"""Random interleavings of everything that can happen to a notification, against a model (Hypothesis).

The rows, the numbers, the replay and the acknowledgement are the real ones on the real database; Redis and the network
are replaced by lists, so that each frame can be held, dropped, doubled and overtaken at will.
"""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from notifications import publisher, replay
from notifications.alerts import acknowledge_notification
from notifications.channels import SYSTEM_ALERTS, doctor_channel
from notifications.dispatch import publish_notification_sync
from notifications.models import Alert, Notification
from notifications.streams import heads
from tests.faults.client_rules import ClientRules, Frame
from tests.faults.report import report
from tests.faults.scale import SEED, scaled
from tests.notifications.test_acknowledge import critical

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
EXAMPLES = scaled(12, 200)
STEPS = 50
tally = {"expected": 0, "received": 0, "duplicates": 0}


class ServerEnd:
    """The server's side of one connection: the real replay in front of a wire that is a list."""

    def __init__(self) -> None:
        self.wire: list[Frame] = []
        self.replay = replay.Replay(self)  # type: ignore[arg-type]  # the two methods below are all it uses

    async def hand_on(self, text: str, notification_id: str = "") -> None:
        self.wire.append(json.loads(text))

    async def send_frame(self, frame: Frame) -> None:
        self.wire.append(frame)

    def deliver(self, text: str) -> None:
        if not self.replay.holds(text):
            self.wire.append(json.loads(text))

    def answer(self, frame: Frame) -> None:
        async_to_sync(self.replay.resume)(frame["since"])


class Interleaving(RuleBasedStateMachine):
    cast: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.channels = [doctor_channel(self.cast.smith.pk), SYSTEM_ALERTS]
        self.began = heads(self.channels)
        self.client = ClientRules(self.began)
        self.committed = dict.fromkeys(self.channels, 0)
        self.redis: list[str] = []
        self.server: ServerEnd | None = None
        self.asked: list[Frame] = []
        self.acknowledged: dict[Any, str] = {}

    # --- writing -----------------------------------------------------------------------------------
    @rule(channel=st.sampled_from([0, 1]), count=st.integers(1, 4))
    def write(self, channel: int, count: int) -> None:
        for _ in range(count):
            publish_notification_sync(self.channels[channel], {"type": "test"})
        self._committed(self.channels[channel], count)

    @rule(channel=st.sampled_from([0, 1]))
    def roll_back(self, channel: int) -> None:
        with transaction.atomic():
            publish_notification_sync(self.channels[channel], {"type": "test"})
            transaction.set_rollback(True)
        assert not publisher.outbox

    @rule()
    def a_critical_result(self) -> None:
        critical(self.cast.smith, self.cast.bob)
        self._committed(self.channels[0], 1)

    def _committed(self, channel: str, count: int) -> None:
        self.committed[channel] += count
        self.redis += [json.dumps(frame) for frame in publisher.outbox if "seq" in frame]
        publisher.outbox.clear()

    # --- Redis: drops, doubles, reorders -------------------------------------------------------------
    @precondition(lambda self: self.redis)
    @rule(data=st.data(), fate=st.sampled_from(["delivered", "delivered", "delivered", "doubled", "dropped"]))
    def published_frame_is(self, data: Any, fate: str) -> None:
        at = data.draw(st.integers(0, len(self.redis) - 1))
        text = self.redis[at] if fate == "doubled" else self.redis.pop(at)
        if fate != "dropped" and self.server:
            self.server.deliver(text)

    # --- the network: in order, until it is cut -----------------------------------------------------
    @precondition(lambda self: self.server is None)
    @rule()
    def reconnect(self) -> None:
        self.server = ServerEnd()
        self.asked = []
        self.client.connected()
        self.server.wire.append({"type": "ready", "channels": heads(self.channels)})

    @precondition(lambda self: self.server)
    @rule()
    def cut(self) -> None:
        self.server = None

    @precondition(lambda self: self.server)
    @rule()
    def heartbeat(self) -> None:
        assert self.server
        self.server.wire.append({"type": "heartbeat", "channels": heads(self.channels)})

    @precondition(lambda self: self.server and self.server.wire)
    @rule(count=st.integers(1, 5))
    def frames_arrive_at_the_client(self, count: int) -> None:
        assert self.server
        for frame in self.server.wire[:count]:
            self.asked += self.client.take(frame)
        del self.server.wire[:count]

    @precondition(lambda self: self.server and self.asked)
    @rule()
    def a_question_arrives_at_the_server(self) -> None:
        assert self.server
        self.server.answer(self.asked.pop(0))

    # --- answering for it ---------------------------------------------------------------------------
    @precondition(lambda self: any(frame["requires_ack"] for frame in self.client.shown))
    @rule(data=st.data(), note=st.sampled_from(["", "6.9", "read back"]))
    def acknowledge(self, data: Any, note: str) -> None:
        shown = [frame["id"] for frame in self.client.shown if frame["requires_ack"]]
        notification = Notification.objects.select_related("alert").get(pk=data.draw(st.sampled_from(shown)))
        answer = acknowledge_notification(notification, by=self.cast.smith.user, note=note)
        assert answer.acknowledgement_note == self.acknowledged.setdefault(answer.pk, note)
        publisher.outbox.clear()

    # --- what must always hold ----------------------------------------------------------------------
    @invariant()
    def what_is_shown_is_what_was_committed_in_order_and_once(self) -> None:
        for channel in self.channels:
            seqs = [frame["seq"] - self.began[channel] for frame in self.client.shown if frame["channel"] == channel]
            assert seqs == list(range(1, len(seqs) + 1))
            assert len(seqs) <= self.committed[channel]

    @invariant()
    def the_first_acknowledgement_stands(self) -> None:
        kept = Alert.objects.filter(pk__in=self.acknowledged).values_list("pk", "acknowledgement_note")
        assert dict(kept) == self.acknowledged

    def teardown(self) -> None:
        """Once the network is well for as long as a heartbeat takes, everything is there."""
        if self.server is None:
            self.reconnect()
        assert self.server
        self.heartbeat()
        for _ in range(10 * sum(self.committed.values()) + 100):  # a client that asks for ever is a failure too
            if not (self.server.wire or self.asked):
                break
            self.frames_arrive_at_the_client(1) if self.server.wire else self.a_question_arrives_at_the_server()
        different = len({frame["id"] for frame in self.client.shown})
        tally["expected"] += sum(self.committed.values())
        tally["received"] += different
        tally["duplicates"] += len(self.client.shown) - different
        assert len(self.client.shown) == sum(self.committed.values())
        assert not self.client.must_reload


def test_whatever_the_order_everything_committed_is_shown_once(cast, outbox, monkeypatch):
    monkeypatch.setattr(replay, "PAGE", 3)
    monkeypatch.setattr(Interleaving, "cast", cast)
    rules = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a failure is told at once: its seed finds it again, and shrinking takes minutes
    )
    tally.update(expected=0, received=0, duplicates=0)
    failed = True
    try:
        run_state_machine_as_test(seed(SEED)(Interleaving), settings=rules)  # type: ignore[no-untyped-call]
        failed = False
    finally:
        note = "ended early, by the error that stands above" if failed else ""
        report(f"random interleavings, {EXAMPLES} of {STEPS} steps", **tally, note=note)
