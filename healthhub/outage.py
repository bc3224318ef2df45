"""PostgreSQL is away: its users' readers are told so, and the log says it in a line instead of a traceback for each."""

import logging
import sys
import time
from collections.abc import Iterator

import psycopg
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error as not_our_outage

COMES_BACK_IN = 5
"""Seconds, for Retry-After."""
SHUTTING_DOWN = ("57P01", "57P02", "57P03")
CONNECTION = "08"
"""The class of SQLSTATE that is about the connection itself."""


def database_is_away(error: BaseException | None) -> bool:
    """Whether what was raised, or what it came from, is a connection that was lost or could not be had."""
    return any(
        isinstance(cause, psycopg.OperationalError)
        and (cause.sqlstate is None or cause.sqlstate in SHUTTING_DOWN or cause.sqlstate.startswith(CONNECTION))
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def server_error(request: HttpRequest) -> HttpResponse:
    """503 and when to come back while PostgreSQL is away, in the words of the page or the API; else Django's 500."""
    if not database_is_away(sys.exc_info()[1]):
        return not_our_outage(request)
    response: HttpResponse
    if request.path.startswith("/api/"):
        words = "Our records cannot be reached right now. Ask again in a moment, with the same Idempotency-Key."
        response = JsonResponse({"detail": words, "code": "unavailable"}, status=503)
    else:
        response = render(None, "503.html", status=503)  # without the request: the shell would ask the database
    response["Retry-After"] = str(COMES_BACK_IN)
    return response


class DatabaseAwayFilter(logging.Filter):
    """On the handler, since every logger has its share: one line each in ten seconds, and no traceback."""

    PAUSE = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        pool_tries_again = record.name == "psycopg.pool" and error is None
        if not (pool_tries_again or database_is_away(error)):
            return True
        now = time.monotonic()
        if now - self._last.get(record.name, float("-inf")) < self.PAUSE:
            return False
        self._last[record.name] = now
        record.msg, record.args = _in_a_line(record.getMessage()), ()
        if error:
            record.msg += f" PostgreSQL is away ({_in_a_line(_said_by_the_driver(error))}); trying again."
            record.exc_info, record.exc_text = None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _said_by_the_driver(error: BaseException) -> str:
    """Whatever it was wrapped in."""
    return next(str(cause) for cause in _causes(error) if isinstance(cause, psycopg.OperationalError))


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
