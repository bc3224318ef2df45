"""The few rules of a client hold also where the server could not answer."""

from tests.faults.client_rules import ClientRules

CHANNEL = "system:alerts"


def test_a_question_that_was_not_answered_is_asked_again_at_the_next_heartbeat():
    client, ask = ClientRules({CHANNEL: 3}), [{"type": "resume", "since": {CHANNEL: 3}}]
    assert client.take({"type": "ready", "channels": {CHANNEL: 5}}) == ask
    assert client.take({"type": "heartbeat", "channels": {CHANNEL: 5}}) == []
    assert client.take({"type": "error", "code": "unavailable", "message": "Try again."}) == []
    assert client.take({"type": "heartbeat", "channels": {CHANNEL: 5}}) == ask
