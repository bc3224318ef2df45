"""While PostgreSQL is away, people and programs are told so, and the log stays legible."""

import logging

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from psycopg_pool import PoolTimeout

from healthhub import health, outage
from healthhub.outage import DatabaseAwayFilter, database_is_away

LOST = psycopg.errors.AdminShutdown("terminating connection\n due to administrator command")
DEADLOCK = psycopg.errors.DeadlockDetected("deadlock detected")


def raised_from(cause):
    try:
        try:
            raise cause
        except psycopg.Error as error:
            raise OperationalError("wrapped") from error
    except OperationalError as wrapped:
        return wrapped


def record_of(error, name="some.where"):
    return logging.LogRecord(name, logging.ERROR, "f.py", 1, "A task failed.", (), (type(error), error, None))


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (raised_from(LOST), True),
        (PoolTimeout("no connection"), True),
        (raised_from(DEADLOCK), False),
        (ValueError("a mistake of ours"), False),
        (None, False),
    ],
)
def test_a_lost_connection_is_told_from_other_errors(error, away):
    assert database_is_away(error) is away


@pytest.mark.parametrize(
    ("path", "kind"), [("/healthz", "text/html; charset=utf-8"), ("/api/v1/healthz", "application/json")]
)
def test_who_asks_meanwhile_gets_503_and_is_told_to_come_back(rf, path, kind):
    try:
        raise raised_from(LOST)
    except OperationalError:
        answer = outage.server_error(rf.get(path))
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, kind, "5")
    assert "records cannot be reached right now" in answer.content.decode()


def test_a_page_that_loses_its_connection_is_such_a_503_and_a_mistake_stays_a_500(monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr(health, "_postgresql", lambda: (_ for _ in ()).throw(raised_from(LOST)))
    assert client.get("/readyz").status_code == 503
    assert "cannot be reached" in client.get("/readyz").content.decode()
    monkeypatch.setattr(health, "_postgresql", lambda: 1 / 0)
    assert client.get("/readyz").status_code == 500


def test_a_lost_connection_is_one_line_and_its_repeats_are_none():
    away = DatabaseAwayFilter()
    first, second, elsewhere = record_of(raised_from(LOST)), record_of(raised_from(LOST)), record_of(LOST, "else")
    assert [away.filter(record) for record in (first, second, elsewhere)] == [True, False, True]
    assert first.exc_info is None
    assert first.getMessage() == (
        "A task failed. PostgreSQL is away (terminating connection due to administrator command); trying again."
    )


def test_any_other_error_keeps_its_traceback():
    record = record_of(ValueError("a mistake of ours"))
    assert DatabaseAwayFilter().filter(record)
    assert record.exc_info
