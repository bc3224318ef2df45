"""What happens later, as jobs in PostgreSQL: picked up by any worker, by one at a time."""

from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from notifications import ladder, mails, relay

EVERY_TWO_SECONDS = "* * * * * */2"  # six fields: the seconds stand last
EVERY_MINUTE = "* * * * *"


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="relay sweep", queue="clock")
def relay_sweep(timestamp: int) -> None:
    relay.beat()
    relay.sweep()


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="take up stalled jobs", queue="clock", pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A job whose worker was killed stays "doing" for ever unless somebody puts it back."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="escalation", queue="ladder")
def escalate(timestamp: int) -> None:
    ladder.escalate_due()


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def send_alert_mail(user_id: str) -> None:
    mails.send(UUID(user_id))
