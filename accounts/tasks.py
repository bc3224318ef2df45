"""Housekeeping of sign-ins, as a nightly job: what has expired can open nothing and is only a list of who was here."""

from django.core.management import call_command
from procrastinate.contrib.django import app

NIGHTLY = "17 3 * * *"


@app.periodic(cron=NIGHTLY)
@app.task(queueing_lock="forget expired sign-ins", queue="clock")
def forget_expired_sign_ins(timestamp: int) -> None:
    call_command("clearsessions")
    call_command("flushexpiredtokens")
