"""What the clock does to appointments, as jobs in PostgreSQL: each is done by one worker."""

from procrastinate.contrib.django import app

from appointments.holds import free_what_lapsed
from appointments.returns import bring_back_due

EVERY_MINUTE = "* * * * *"
EVERY_TWO_SECONDS = "* * * * * */2"  # six fields: the seconds stand last


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="free lapsed holds", queue="clock")
def free_lapsed_holds(timestamp: int) -> None:
    free_what_lapsed()


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="bring requests back", queue="clock")
def bring_requests_back(timestamp: int) -> None:
    bring_back_due()
