"""What happens later, as jobs in PostgreSQL. Each asks the database what is due, so one that is missed is made good."""

from procrastinate.contrib.django import app

from appointments.returns import bring_back_due

EVERY_MINUTE = "* * * * *"


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="bring requests back", queue="clock")
def bring_requests_back(timestamp: int) -> None:
    bring_back_due()
