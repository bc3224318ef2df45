"""A create that is sent twice with one key is done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from appointments.models import Appointment
from tests.appointments.test_api import URL, asking

pytestmark = pytest.mark.django_db


def send(client, body, key="k-1"):
    return client.post(URL, body, headers={"Idempotency-Key": key})


def test_the_same_key_gives_the_same_answer(cast, api):
    client, body = api(cast.alice), asking(cast)
    first, second = send(client, body), send(client, body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first.get("Idempotent-Replay"), second["Idempotent-Replay"]) == (None, "true")
    assert Appointment.objects.count() == 1


def test_a_key_with_another_body_is_409(cast, api):
    send(api(cast.alice), asking(cast))
    answer = send(api(cast.alice), asking(cast, reason="Something else"))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_a_key_is_ones_own(cast, api):
    send(api(cast.alice), asking(cast))
    assert send(api(cast.bob), asking(cast)).get("Idempotent-Replay") is None
    assert Appointment.objects.count() == 2


def test_an_error_is_not_kept(cast, api):
    assert send(api(cast.alice), asking(cast, reason="")).status_code == 400
    assert send(api(cast.alice), asking(cast)).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "ü", "a b"])
def test_a_key_that_is_none_is_400(cast, api, key):
    assert send(api(cast.alice), asking(cast), key).status_code == 400
    assert not Appointment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_creation_and_one_answer(cast, api):
    client_of, body, both = [api(cast.alice), api(cast.alice)], asking(cast), Barrier(2)

    def act(client):
        both.wait(10)
        try:
            return send(client, body).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(act, client_of)
    assert first == second
    assert Appointment.objects.count() == 1
