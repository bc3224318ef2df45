"""What happens later in the laboratory's part, as jobs in PostgreSQL."""

import time

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

SLICE_SECONDS = 5
"""A worker that is told to stop waits for its job: long imports are many short ones."""


@app.task(queue="imports", retry=RetryStrategy(max_attempts=20, wait=5))
def run_import(import_id: str) -> None:
    """Record for a few seconds; what is left is another job."""
    from labs.imports.run import go_through
    from labs.models import CsvImport

    running = CsvImport.objects.filter(pk=import_id, state=CsvImport.State.RUNNING).first()
    end = time.monotonic() + SLICE_SECONDS
    if running and not go_through(running, after_each=lambda: time.monotonic() < end):
        run_import.defer(import_id=import_id)
