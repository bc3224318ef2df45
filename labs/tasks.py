"""What happens by the clock, as jobs in PostgreSQL."""

from procrastinate.contrib.django import app

from labs.holds import release_due

EVERY_TEN_SECONDS = "* * * * * */10"  # six fields: the seconds stand last


@app.periodic(cron=EVERY_TEN_SECONDS)
@app.task(queueing_lock="release held results", queue="clock")
def release_held_results(timestamp: int) -> None:
    """The patient sees a result from the end of its hold on, whether or not this runs; it tells them so."""
    release_due()
