"""What happens to prescriptions by themselves, as jobs in PostgreSQL."""

from procrastinate.contrib.django import app

from prescriptions.models import Prescription

EVERY_MINUTE = "* * * * *"
AT_ONCE = 500


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="expire prescriptions", queue="clock")
def expire_prescriptions(timestamp: int) -> None:
    """Each in a transaction of its own: any number of workers may run this, and the lock lets one of them write.

    Where the database's clock is ahead of this process's, nothing is expired, and the next minute looks again.
    """
    expired = 1
    while expired:
        expired = sum(prescription.expire() for prescription in Prescription.objects.due_to_expire()[:AT_ONCE])
