"""What happens later in the laboratory's part, and by the clock, as jobs in PostgreSQL."""

import time

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from labs.holds import release_due

SLICE_SECONDS = 5
"""A worker that is told to stop waits for its job: long imports are many short ones."""
EVERY_TEN_SECONDS = "* * * * * */10"  # six fields: the seconds stand last


@app.task(queue="imports", retry=RetryStrategy(max_attempts=20, wait=5))
def run_import(import_id: str) -> None:
    """Record for a few seconds; what is left is another job."""
    from labs.imports.run import go_through
    from labs.models import CsvImport

    running = CsvImport.objects.filter(pk=import_id, state=CsvImport.State.RUNNING).first()
    end = time.monotonic() + SLICE_SECONDS
    if running and not go_through(running, after_each=lambda: time.monotonic() < end):
        run_import.defer(import_id=import_id)


@app.periodic(cron=EVERY_TEN_SECONDS)
@app.task(queueing_lock="release held results", queue="clock")
def release_held_results(timestamp: int) -> None:
    """The patient sees a result from the end of its hold on, whether or not this runs; it tells them so."""
    release_due()
