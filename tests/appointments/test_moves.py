"""Another time in one step, arriving, a no-show that was none, and two visits at one time on purpose."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from appointments.booked_time import TimeTaken
from appointments.models import Appointment, BookedTime
from appointments.statuses import Status
from notifications.models import Notification
from tests.appointments.making import in_days, in_status, let_time_pass, requested
from tests.appointments.opening import office_hours, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def smith(cast):
    office_hours(cast.smith)
    return cast.smith


def confirmed(cast, smith, patient=None, hour=10):
    appointment = requested(cast, patient=patient, requested_time=slot_at(2, hour))
    appointment.confirm(by=smith.user)
    return appointment


def test_a_move_keeps_identity_and_history_and_tells_both(cast, smith):
    appointment = confirmed(cast, smith)
    before = Notification.objects.count()
    appointment.reschedule(by=smith.user, time=slot_at(3, 11), reason="Surgery that day")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.scheduled_time) == ("confirmed", slot_at(3, 11))
    assert [change.time for change in appointment.history.all()] == [slot_at(2, 10), slot_at(2, 10), slot_at(3, 11)]
    assert BookedTime.objects.get().begins == slot_at(3, 11)
    told = Notification.objects.order_by("created_at")[before:]
    assert {(row.stream_id.split(":")[0], row.body["new_status"]) for row in told} == {
        ("patient", "Confirmed"),
        ("doctor", "Confirmed"),
    }


def test_where_the_new_time_is_taken_the_old_one_is_kept(cast, smith):
    appointment = confirmed(cast, smith)
    confirmed(cast, smith, patient=cast.bob, hour=11)
    with pytest.raises(TimeTaken):
        appointment.reschedule(by=smith.user, time=slot_at(2, 11))
    appointment.refresh_from_db()
    assert appointment.scheduled_time == appointment.booked.begins == slot_at(2, 10)
    assert appointment.history.count() == 2


def test_it_may_be_moved_into_the_time_that_it_has_itself(cast, smith):
    appointment = confirmed(cast, smith)
    appointment.reschedule(by=smith.user, time=slot_at(2, 10) + timedelta(minutes=10))
    assert BookedTime.objects.get().begins == slot_at(2, 10) + timedelta(minutes=10)


def test_a_patient_moves_their_visit_to_a_published_slot_and_to_no_other_time(cast, smith):
    appointment = confirmed(cast, smith)
    appointment.reschedule(by=cast.alice.user, time=slot_at(2, 14))
    with pytest.raises(NotAllowed, match="that the doctor offers"):
        appointment.reschedule(by=cast.alice.user, time=slot_at(2, 20))
    appointment.refresh_from_db()
    assert appointment.scheduled_time == slot_at(2, 14)


def test_a_wish_is_moved_and_occupies_what_is_published(cast, smith):
    wish = requested(cast, requested_time=slot_at(2, 20))
    wish.reschedule(by=cast.alice.user, time=slot_at(2, 9))
    assert (wish.status, wish.requested_time, wish.booked.begins) == ("requested", slot_at(2, 9), slot_at(2, 9))
    wish.reschedule(by=cast.alice.user, time=slot_at(2, 21))
    assert not BookedTime.objects.exists()


@pytest.mark.parametrize("who", ["bob", "brown", "charlie"])
def test_strangers_move_nothing(cast, smith, who):
    appointment = confirmed(cast, smith)
    with pytest.raises(NotAllowed):
        appointment.reschedule(by=getattr(cast, who).user, time=slot_at(3, 9))


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW])
def test_what_runs_or_is_over_is_not_moved(cast, status):
    with pytest.raises(IllegalStep, match="cannot be moved"):
        in_status(cast, status).reschedule(by=cast.smith.user, time=in_days(5))


def test_not_into_the_past(cast, smith):
    with pytest.raises(ValidationError, match="has passed"):
        confirmed(cast, smith).reschedule(by=smith.user, time=in_days(-1))


def test_cancelling_is_never_kept_by_a_reason_that_was_valid_once(cast, smith):
    """Only what cancelling itself needs is looked at: an old row that no rule would let in today still goes."""
    appointment = confirmed(cast, smith)
    cast.smith.user.is_active = False
    cast.smith.user.save()
    Appointment.objects.filter(pk=appointment.pk).update(requested_time=in_days(-4000))
    appointment.cancel(by=cast.alice.user)
    assert appointment.status == "cancelled"


# --- arriving -----------------------------------------------------------------------------------------


def today(cast):
    appointment = in_status(cast, Status.CONFIRMED)
    Appointment.objects.filter(pk=appointment.pk).update(scheduled_time=timezone.now())
    appointment.refresh_from_db()
    return appointment


@pytest.mark.parametrize("who", ["alice", "smith"])
def test_the_patient_checks_in_once_and_the_first_time_counts(cast, who):
    appointment = today(cast)
    appointment.check_in(by=getattr(cast, who).user)
    first = appointment.checked_in_at
    appointment.check_in(by=cast.smith.user)
    appointment.refresh_from_db()
    assert (appointment.checked_in_at, appointment.checked_in_by) == (first, getattr(cast, who).user)


def test_who_has_checked_in_is_no_no_show(cast):
    appointment = today(cast)
    appointment.check_in(by=cast.alice.user)
    with pytest.raises(IllegalStep, match="checked in"):
        appointment.mark_no_show(by=cast.smith.user)


def test_one_checks_in_on_the_day_and_for_what_is_confirmed(cast):
    with pytest.raises(IllegalStep, match="not today"):
        in_status(cast, Status.CONFIRMED).check_in(by=cast.alice.user)
    with pytest.raises(IllegalStep, match="requested"):
        requested(cast).check_in(by=cast.alice.user)


def test_a_stranger_checks_nobody_in(cast):
    with pytest.raises(NotAllowed):
        today(cast).check_in(by=cast.bob.user)


# --- a no-show that was none ----------------------------------------------------------------------------


def test_a_no_show_is_corrected_within_a_day_and_both_facts_stay(cast):
    appointment = in_status(cast, Status.NO_SHOW)
    appointment.correct_no_show(by=cast.smith.user)
    appointment.start(by=cast.smith.user)
    assert [change.to_status for change in appointment.history.all()][2:] == ["no_show", "confirmed", "in_progress"]


def test_a_corrected_no_show_has_its_time_again_beside_whoever_has_it_meanwhile(cast, smith):
    first = in_status(cast, Status.NO_SHOW)
    assert not BookedTime.objects.filter(appointment=first).exists()
    first.correct_no_show(by=cast.smith.user)
    assert (first.booked.begins, first.booked.overbooked) == (first.time, False)
    first.mark_no_show(by=cast.smith.user)
    other = confirmed(cast, smith, patient=cast.bob)
    BookedTime.objects.filter(appointment=other).update(
        begins=first.time, ends=first.time + timedelta(minutes=30), blocked_until=first.time + timedelta(minutes=30)
    )
    first.correct_no_show(by=cast.smith.user)
    assert BookedTime.objects.get(appointment=first).overbooked
    assert BookedTime.objects.filter(appointment=other).exists()


def test_after_a_day_it_stands(cast, monkeypatch):
    appointment = in_status(cast, Status.NO_SHOW)
    late = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    with pytest.raises(IllegalStep, match="more than a day ago"):
        appointment.correct_no_show(by=cast.smith.user)


def test_the_patient_corrects_no_no_show(cast):
    with pytest.raises(NotAllowed):
        in_status(cast, Status.NO_SHOW).correct_no_show(by=cast.alice.user)


def test_what_is_no_no_show_is_not_corrected(cast):
    with pytest.raises(IllegalStep, match="not recorded as no show"):
        in_status(cast, Status.CONFIRMED).correct_no_show(by=cast.smith.user)


# --- two at one time, on purpose ------------------------------------------------------------------------


def test_who_may_overbooks_with_a_reason_that_is_kept(cast, smith):
    smith.can_overbook = True
    smith.save()
    confirmed(cast, smith)
    wish = requested(cast, patient=cast.bob, requested_time=slot_at(2, 10, 15))
    wish.confirm(by=smith.user, overbook="Chest pain since this morning")
    last = wish.last_change()
    assert (last.overbooked, last.reason) == (True, "Chest pain since this morning")
    assert BookedTime.objects.filter(overbooked=True).get().appointment == wish


def test_without_the_permission_nobody_does(cast, smith):
    confirmed(cast, smith)
    wish = requested(cast, patient=cast.bob, requested_time=slot_at(2, 10, 15))
    with pytest.raises(NotAllowed, match="two visits at one time"):
        wish.confirm(by=smith.user, overbook="I want to")
    with pytest.raises(TimeTaken):
        wish.confirm(by=cast.admin)


def test_a_reason_to_overbook_a_time_that_is_free_makes_an_ordinary_visit(cast, smith):
    wish = requested(cast, requested_time=slot_at(2, 10, 5))
    wish.confirm(by=cast.admin, overbook="Emergency")
    assert not wish.booked.overbooked


def test_a_third_does_not_slip_in_beside_an_overbooked_one(cast, smith):
    confirmed(cast, smith)
    wish = requested(cast, patient=cast.bob, requested_time=slot_at(2, 10, 15))
    wish.confirm(by=cast.admin, overbook="Emergency")
    third = requested(cast, patient=cast.charlie, requested_time=slot_at(2, 10, 40))
    with pytest.raises(TimeTaken):
        third.confirm(by=smith.user)


# --- over REST, and at once -----------------------------------------------------------------------------


def test_over_rest(cast, smith, api):
    appointment = confirmed(cast, smith)
    url = f"/api/v1/appointments/{appointment.pk}"
    moved = api(cast.alice).post(f"{url}/reschedule", {"time": slot_at(2, 15).isoformat()}, format="json")
    assert (moved.status_code, len(moved.json()["history"])) == (200, 3)
    confirmed(cast, smith, patient=cast.bob, hour=16)
    taken = api(smith).post(f"{url}/reschedule", {"time": slot_at(2, 16).isoformat()}, format="json")
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert taken.json()["alternatives"][0]["start"]
    assert api(cast.charlie).post(f"{url}/reschedule", {"time": slot_at(2, 9).isoformat()}).status_code == 404
    assert api(smith).post(f"{url}/reschedule", {}).status_code == 400
    assert api(smith).post(f"{url}/check-in").status_code == 409
    assert api(smith).post(f"{url}/correct-no-show").status_code == 409


def test_a_no_show_over_rest(cast, api):
    appointment = in_status(cast, Status.NO_SHOW)
    let_time_pass(appointment)
    answer = api(cast.smith).post(f"/api/v1/appointments/{appointment.pk}/correct-no-show")
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")


@pytest.mark.django_db(transaction=True)
def test_two_who_swap_their_times_at_once_do_not_wait_for_each_other(cast):
    office_hours(cast.smith)
    first = confirmed(cast, cast.smith)
    second = confirmed(cast, cast.smith, patient=cast.bob, hour=11)
    together = Barrier(2)

    def move(pair):
        appointment, time = pair
        together.wait(10)
        try:
            appointment.reschedule(by=cast.admin, time=time)
            return "moved"
        except TimeTaken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(move, [(first, slot_at(2, 11)), (second, slot_at(2, 10))]))
    assert answers == ["taken", "taken"]
    assert BookedTime.objects.count() == 2
