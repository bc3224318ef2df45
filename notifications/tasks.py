"""What happens later, as jobs in PostgreSQL: picked up by any worker, by one at a time."""

from uuid import UUID

from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

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
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # a newer one of the same kind waits already, and will do all that this would have
            await manager.finish_job(job, Status.FAILED, delete_job=True)


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="escalation", queue="ladder")
def escalate(timestamp: int) -> None:
    ladder.escalate_due()


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def mail_whoever_is_away(user_ids: list[str]) -> None:
    """A job for each e-mail: one that must be tried again sends no other twice."""
    with transaction.atomic():
        for user_id in mails.away(user_ids):
            send_alert_mail.defer(user_id=user_id)


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def send_alert_mail(user_id: str) -> None:
    mails.send(UUID(user_id))
