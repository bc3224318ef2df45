"""What happens to prescriptions by themselves, as jobs in PostgreSQL."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from prescriptions.loading import rule_book
from prescriptions.models import Prescription, RuleSet
from prescriptions.passing_on import pass_on, to_pass_on
from prescriptions.rechecking import PAGE, patients_to_recheck, recheck

EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "7 * * * *"
AT_ONCE = 500
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=2)


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="expire prescriptions", queue="prescriptions")
def expire_prescriptions(timestamp: int) -> None:
    """Each in a transaction of its own: any number of workers may run this, and the lock lets one of them write.

    Where the database's clock is ahead of this process's, nothing is expired, and the next minute looks again.
    """
    expired = 1
    while expired:
        expired = sum(prescription.expire() for prescription in Prescription.objects.due_to_expire()[:AT_ONCE])


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="pass refills on", queue="prescriptions")
def pass_refills_on(timestamp: int) -> None:
    """Whatever took the last one away who could answer: leaving, a right withdrawn, the end of a cover."""
    for request in to_pass_on(AT_ONCE):
        pass_on(request)


@app.task(queue="prescriptions", retry=AGAIN)
def recheck_patient(patient_id: str) -> None:
    """Deferred in the transaction that changes an allergy."""
    recheck(UUID(patient_id))


@app.task(queue="prescriptions", lock="recheck everyone", retry=AGAIN)
def recheck_everyone(after: str | None = None) -> None:
    """Deferred in the transaction that changes the rules: a page of patients, and a job for the next one.

    What a job that is run again has done already finds nothing new.
    """
    page = patients_to_recheck(UUID(after) if after else None)
    for patient_id in page:
        recheck(patient_id)
    if len(page) == PAGE:
        recheck_everyone.defer(after=str(page[-1]))


def ask_for_recheck(rule_set: RuleSet) -> None:
    """Of everybody, once for each version; in the transaction of the caller."""
    recheck_everyone.defer()
    RuleSet.objects.filter(pk=rule_set.pk).update(recheck_asked_at=timezone.now())


@app.periodic(cron=EVERY_HOUR)
@app.task(queueing_lock="rules of today", queue="prescriptions")
@transaction.atomic
def recheck_for_rules_of_today(timestamp: int) -> None:
    """Rules have a day from which they hold, and a release brings versions of its own, of which no signal tells.

    Every hour of the day: a worker may have been down at midnight.
    """
    newest = RuleSet.objects.in_force().first()
    if newest and newest.recheck_asked_at is None:
        ask_for_recheck(newest)
        return
    book, today = rule_book(), timezone.localdate()
    if book and book.to_come(today - timedelta(days=1)) != book.to_come(today):
        recheck_everyone.defer()
