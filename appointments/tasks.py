"""What happens later, as jobs in PostgreSQL. Each asks the database what is due, so one that is missed is made good."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from appointments import invitation_mails
from appointments.holds import free_what_lapsed
from appointments.offering import hand_on
from appointments.reminder_preferences import Way
from appointments.reminding import send_due
from appointments.returns import bring_back_due
from appointments.without_doctor_telling import tell_whose_turn_it_is

EVERY_TWO_SECONDS = "* * * * * */2"  # six fields: the seconds stand last
EVERY_MINUTE = "* * * * *"


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="free lapsed holds", queue="clock")
def free_lapsed_holds(timestamp: int) -> None:
    free_what_lapsed()


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="remind by notification", queue="clock")
def remind_by_notification(timestamp: int) -> None:
    send_due(Way.NOTIFICATION)


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="remind by e-mail", queue="appointment mail")
def remind_by_email(timestamp: int) -> None:
    send_due(Way.EMAIL)


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="bring requests back", queue="clock")
def bring_requests_back(timestamp: int) -> None:
    bring_back_due()


@app.periodic(cron=EVERY_MINUTE)
@app.task(queueing_lock="tell who finds another doctor", queue="clock")
def tell_who_finds_another_doctor(timestamp: int) -> None:
    """Whose turn it has become since the doctor left: a cover began, ended, or left as well."""
    tell_whose_turn_it_is()


@app.task(queue="clock")
def hand_on_what_is_free() -> None:
    """At once, when something became free; the one below is for what runs out, and for what was missed."""
    hand_on()


@app.periodic(cron=EVERY_TWO_SECONDS)
@app.task(queueing_lock="wait list", queue="clock")
def keep_the_wait_list(timestamp: int) -> None:
    hand_on()


@app.task(queue="appointment mail", retry=RetryStrategy(max_attempts=15, exponential_wait=2))
def send_invitation(change_id: int, person_id: str) -> None:
    """Tried again, ever later, for 18 hours: a calendar that is not told is wrong."""
    invitation_mails.send(change_id, UUID(person_id))
