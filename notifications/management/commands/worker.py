"""Does what should happen later. Start as many as wanted; each job is done by one."""

import asyncio
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

logger = logging.getLogger(__name__)
PAUSE = 1.0
AT_ONCE = {"ladder": 2, "clock": 2, "mail": 4, "appointment mail": 2, "prescriptions": 2, "imports": 1}
"""Queue -> jobs at once. A mail server that hangs, a Redis, a long import hold up their own queue, never the ladder."""


class Command(BaseCommand):
    help = "Do what should happen later: the relay sweep and the like. Runs until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--parent", type=int, help="the pid that started it: stop when that is gone")

    def handle(self, *args: Any, parent: int | None, **options: Any) -> None:
        asyncio.run(self._until_told_to_stop(parent))

    async def _until_told_to_stop(self, parent: int | None) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(sum(AT_ONCE.values())))  # the loop's own knows only of processors
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        self.stdout.write("Working: the relay, the ladder, e-mail, imports.")
        watching = asyncio.create_task(_watch(parent, stop))
        while not stop.is_set():
            await self._work_until(stop)
        watching.cancel()

    async def _work_until(self, stop: asyncio.Event) -> None:
        """One life of the engine's workers, one a queue: they end, with any status, when PostgreSQL restarts."""
        # The clock of periodic jobs keeps to Django's own connection, which nobody else would ever renew: without this,
        # a worker that has lived through a restart of PostgreSQL never does a periodic job again.
        await sync_to_async(close_old_connections)()
        # A connector of its own: with the app's replaced, a job deferred inside a transaction would leave it.
        own: App = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        try:
            async with own.open_async():
                working = [asyncio.create_task(_work(own, queue)) for queue in AT_ONCE]
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({*working, stopping}, return_when=asyncio.FIRST_COMPLETED)
                for task in (*working, stopping):
                    task.cancel()
                await asyncio.gather(*working, stopping, return_exceptions=True)
        except (ConnectorException, OSError) as error:
            logger.warning("The worker cannot reach PostgreSQL (%s); trying again.", error)
        if not stop.is_set():
            await asyncio.sleep(PAUSE)


async def _work(own: App, queue: str) -> None:
    await own.run_worker_async(
        queues=[queue],
        concurrency=AT_ONCE[queue],
        install_signal_handlers=False,
        fetch_job_polling_interval=1,
        delete_jobs="successful",
    )


async def _watch(parent: int | None, stop: asyncio.Event) -> None:
    """Nothing tells a program that its parent died, so it looks."""
    while parent is not None and not stop.is_set():
        if os.getppid() != parent:
            stop.set()
        await asyncio.sleep(PAUSE)
