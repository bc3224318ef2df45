import pytest

from notifications import publisher


def test_healthz_answers_when_the_process_lives(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_answers_when_postgresql_and_redis_do(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_readyz_names_what_does_not_answer(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    publisher.connection.cache_clear()
    try:
        answer = client.get("/readyz")
    finally:
        publisher.connection.cache_clear()
    assert (answer.status_code, answer.json()["failing"]) == (503, ["redis"])
