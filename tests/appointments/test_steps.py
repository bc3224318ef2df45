"""Which step leads where, who may take it, and what is kept of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.refusals import IllegalStep, NotAllowed
from appointments.models import Appointment, AppointmentStatusChange
from appointments.statuses import NEXT, Status
from tests.appointments.making import in_days, in_status, requested

VERBS = {
    Status.CONFIRMED: "confirm",
    Status.IN_PROGRESS: "start",
    Status.COMPLETED: "complete",
    Status.CANCELLED: "cancel",
    Status.NO_SHOW: "mark_no_show",
}
LEGAL = [(before, to) for before, following in NEXT.items() for to in following]
ILLEGAL = [(before, to) for before in Status for to in VERBS if to not in NEXT[before]]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("before, to", LEGAL)
def test_a_legal_step_is_taken_and_recorded(cast, before, to):
    appointment = in_status(cast, before, past=to == Status.NO_SHOW)
    getattr(appointment, VERBS[to])(by=cast.smith.user)
    appointment.refresh_from_db()
    last = appointment.history.latest("at", "id")
    assert appointment.status == to
    assert (last.from_status, last.to_status, last.by) == (before, to, cast.smith.user)


@pytest.mark.parametrize("before, to", ILLEGAL)
def test_an_illegal_step_is_refused_with_the_reason_and_changes_nothing(cast, before, to):
    appointment = in_status(cast, before)
    history = appointment.history.count()
    with pytest.raises(IllegalStep, match=before.label.lower()):
        getattr(appointment, VERBS[to])(by=cast.smith.user)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.history.count()) == (before, history)


def test_nobody_can_have_missed_a_time_that_has_not_come(cast):
    appointment = in_status(cast, Status.CONFIRMED)
    with pytest.raises(IllegalStep, match="has not come yet"):
        appointment.mark_no_show(by=cast.smith.user)
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED


def test_a_visit_may_begin_early(cast):
    appointment = in_status(cast, Status.CONFIRMED)
    appointment.start(by=cast.smith.user)
    assert appointment.scheduled_time > in_days(1)


def test_confirming_gives_the_requested_time_or_another(cast):
    first, second, another = requested(cast), requested(cast), in_days(9)
    first.confirm(by=cast.smith.user)
    second.confirm(by=cast.smith.user, scheduled_time=another)
    assert first.scheduled_time == first.requested_time
    assert second.scheduled_time == another


def test_confirming_for_a_time_that_has_passed_is_refused(cast):
    appointment = requested(cast)
    with pytest.raises(ValidationError, match="has passed"):
        appointment.confirm(by=cast.smith.user, scheduled_time=in_days(-1))
    appointment.refresh_from_db()
    assert (appointment.status, appointment.scheduled_time) == (Status.REQUESTED, None)


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.CONFIRMED])
def test_the_patient_may_cancel_before_it_begins_and_say_why(cast, status):
    appointment = in_status(cast, status)
    appointment.cancel(by=cast.alice.user, reason="Feeling better")
    assert appointment.history.latest("at", "id").reason == "Feeling better"


def test_the_patient_may_not_cancel_a_running_visit(cast):
    with pytest.raises(NotAllowed):
        in_status(cast, Status.IN_PROGRESS).cancel(by=cast.alice.user)


@pytest.mark.parametrize("before, to", [pair for pair in LEGAL if pair[1] != Status.CANCELLED])
@pytest.mark.parametrize("who", ["alice", "brown", "charlie"])
def test_only_the_appointments_doctor_or_an_administrator_takes_the_other_steps(cast, before, to, who):
    appointment = in_status(cast, before, past=to == Status.NO_SHOW)
    with pytest.raises(NotAllowed):
        getattr(appointment, VERBS[to])(by=getattr(cast, who).user)
    appointment.refresh_from_db()
    assert appointment.status == before


@pytest.mark.parametrize("before, to", LEGAL)
def test_an_administrator_takes_every_step(cast, before, to):
    appointment = in_status(cast, before, past=to == Status.NO_SHOW)
    getattr(appointment, VERBS[to])(by=cast.admin)
    assert appointment.status == to


def test_nothing_becomes_a_request_again(cast):
    appointment = in_status(cast, Status.CANCELLED)
    with pytest.raises(IllegalStep, match="Ask for a new appointment"):
        appointment.advance(Status.REQUESTED, by=cast.smith.user)


def test_a_refused_time_leaves_the_appointment_in_hand_as_it_was(cast):
    appointment = requested(cast)
    with pytest.raises(ValidationError):
        appointment.confirm(by=cast.smith.user, scheduled_time=in_days(-1))
    assert appointment.scheduled_time is None


def test_a_stale_page_is_told_who_was_quicker(cast):
    appointment = requested(cast)
    appointment.confirm(by=cast.smith.user)
    with pytest.raises(IllegalStep, match="Jane Smith has set it to confirmed"):
        appointment.cancel(by=cast.alice.user, seen=Status.REQUESTED)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_acting_at_once_the_second_is_told(cast):
    appointment, both = requested(cast), Barrier(2)

    def act(user):
        mine = Appointment.objects.get(pk=appointment.pk)
        both.wait(10)
        try:
            mine.confirm(by=user)
            return "done"
        except IllegalStep as refused:
            return refused.detail
        finally:
            connection.close()

    people = [cast.smith.user, cast.admin]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(act, people), key=len)
    assert answers[0] == "done"
    assert "is confirmed" in answers[1]
    assert appointment.history.count() == 2


def test_history_is_only_added_to(cast):
    change = requested(cast).history.get()
    change.reason = "rewritten"
    with pytest.raises(TypeError):
        change.save()
    with pytest.raises(TypeError):
        change.delete()
    with pytest.raises(TypeError):
        AppointmentStatusChange.objects.update(reason="rewritten")
    with pytest.raises(TypeError):
        AppointmentStatusChange.objects.all().delete()
    assert AppointmentStatusChange.objects.get().reason == ""
