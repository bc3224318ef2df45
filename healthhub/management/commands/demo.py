import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.never_emptied import all_may_be_emptied
from healthhub.demo_seed import ACCOUNTS, seed
from healthhub.server import PortTaken, check_port, serve
from notifications import publisher

TRY = """
Try it: a request reaches the doctor live
  1. Open {address} and sign in as dr.smith@example.com. Leave the page open.
  2. In another browser, or a private window, open {address} and sign in as alice@example.com.
  3. As Alice, request an appointment with Dr. Smith: on the doctor's page it appears by itself.
  4. As the doctor, confirm it: on Alice's page it appears by itself.

In another terminal, a laboratory whose results arrive while you watch, now and then a critical one:
  .venv/bin/python manage.py simulate_lab --rate 6/min

Ctrl-C stops everything. What you did is kept; `make demo-reset` starts over.
"""


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker of the demo's own. It ends with the demo, also when the demo is killed."""
    worker = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--parent", str(os.getpid())],
        start_new_session=True,  # Ctrl-C is the demo's to hear
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=15)


class Command(BaseCommand):
    help = "Prepare and serve the demo: migrate, make its people once, serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget everything and start over")
        parser.add_argument("--prepare-only", action="store_true", help="do not serve")

    def handle(self, *args: Any, reset: bool, prepare_only: bool, **options: Any) -> None:
        try:
            if not prepare_only:
                check_port("127.0.0.1", settings.PORT)
        except PortTaken as taken:
            raise CommandError(str(taken)) from None
        self._reach_what_the_environment_names()
        if reset:
            self._forget()
        call_command("migrate", verbosity=0)
        self.stdout.write("Made the demo's people." if seed() else "The demo's people are there already.")
        if not prepare_only:
            with worker_beside():
                serve("127.0.0.1", settings.PORT, announce=self._tell)

    def _reach_what_the_environment_names(self) -> None:
        try:
            if url := os.environ.get("DATABASE_URL"):
                psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise CommandError(f"The PostgreSQL that DATABASE_URL names does not answer: {reason}") from None
        try:
            publisher.connection().ping()
        except redis.RedisError as error:
            raise CommandError(f"The Redis that REDIS_URL names does not answer: {error}") from None

    def _forget(self) -> None:
        if os.environ.get("DATABASE_URL"):  # somebody else's server: empty our own tables and touch nothing more
            call_command("migrate", verbosity=0)
            with all_may_be_emptied():
                call_command("flush", interactive=False, verbosity=0)
            return
        with connection.cursor() as cursor:  # tables and all, whatever version of HealthHub made them
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def _tell(self) -> None:
        address = f"http://localhost:{settings.PORT}"
        self.stdout.write(f"\nHealthHub is at {address} (administration: {address}/admin/)\n\nAccounts")
        for role, email, password in ACCOUNTS:
            self.stdout.write(f"  {role:14} {email:24} {password}")
        self.stdout.write(TRY.format(address=address))
