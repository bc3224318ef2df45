"""When the patient is told that a result is there: at the moment of its release, and once."""

import pytest
from django.utils import timezone

from accounts.refusals import IllegalStep
from labs.holds import release_due
from labs.models import LabResult, ResultHold
from labs.seen import keep_view
from notifications.channels import doctor_channel, patient_channel
from notifications.models import Alert, Notification
from tests.at_once import at_once
from tests.labs.making import POTASSIUM, recorded
from tests.labs.releasing import chose, clock, hold, waiting

pytestmark = pytest.mark.django_db
LATER = 4


def told(cast, patient=None):
    """What stands in the patient's stream: of which result, and whether it was reviewed."""
    rows = Notification.objects.filter(stream=patient_channel((patient or cast.bob).pk)).order_by("seq")
    return [(row.body["result_id"], row.body["reviewed"]) for row in rows]


def a_while_later():
    with clock(days=LATER):
        return release_due()


def test_at_once_is_the_default(cast):
    result = recorded(cast)
    assert told(cast) == [(str(result.pk), False)]


# --- held -------------------------------------------------------------------------------------------


@pytest.fixture
def held(cast):
    result = recorded(cast)
    hold(result)
    Notification.objects.filter(alert=None).delete()
    return result


def test_placing_a_hold_tells_the_patient_nothing(cast, held):
    assert told(cast) == []


@pytest.mark.django_db(transaction=True)
def test_open_pages_of_patient_and_doctor_ask_again_when_a_hold_begins_and_ends(cast, outbox):
    result = recorded(cast)
    for act in (lambda: hold(result), lambda: result.lift_hold(by=cast.smith.user, reason="We have spoken")):
        outbox.clear()
        act()
        asked = {sent["channel"] for sent in outbox if sent.get("topic") == "lab_results"}
        assert asked == {f"user:{cast.bob.pk}:session", f"user:{cast.smith.pk}:session"}


def test_lifting_it_tells_the_patient(cast, held):
    held.lift_hold(by=cast.smith.user, reason="We have spoken")
    assert told(cast) == [(str(held.pk), False)]
    assert a_while_later() == 0
    assert told(cast) == [(str(held.pk), False)]


def test_its_end_is_told_by_the_clock_and_once_however_often_anybody_looks(cast, held):
    assert release_due() == 0
    assert told(cast) == []
    assert [a_while_later(), a_while_later()] == [1, 0]
    assert told(cast) == [(str(held.pk), False)]


def test_the_job_of_the_clock_ends_it(cast, held):
    from labs.tasks import release_held_results

    with clock(days=LATER):
        release_held_results(0)
    assert ResultHold.objects.get().end == "lapsed"
    assert told(cast) == [(str(held.pk), False)]


def test_the_patient_sees_it_from_its_end_on_though_no_job_has_run(cast, held):
    hold_ends = ResultHold.objects.get().ends_at
    with clock(days=LATER):
        assert held in LabResult.objects.visible_to(cast.bob.user)
    assert not held.release_policy.at(hold_ends.replace(year=hold_ends.year - 1)).is_released
    assert held.release_policy.at(hold_ends).is_released


def test_a_review_meanwhile_is_told_with_the_release_and_not_before(cast, held):
    held.review_with(by=cast.smith.user, notes="Come in on Monday")
    assert told(cast) == []
    a_while_later()
    assert told(cast) == [(str(held.pk), True)]


def test_a_correction_meanwhile_is_told_to_the_doctor_and_released_with_the_hold(cast, held):
    newer = held.correct(by=cast.admin, reason="Haemolysed sample")
    assert told(cast) == []
    assert Notification.objects.filter(stream=doctor_channel(cast.smith.pk)).count() == 1
    a_while_later()
    assert told(cast) == [(str(newer.pk), False)]


def test_who_saw_the_earlier_value_learns_that_it_no_longer_holds_but_not_what_holds_now(cast, signed_in):
    first = LabResult.record(
        by=cast.admin, patient=cast.bob, doctor=cast.smith, test_type="BMP", result_data=POTASSIUM, status="preliminary"
    )
    keep_view(first, by=cast.bob.user)
    final = first.finalise(by=cast.admin, result_data={"Potassium": "5.13"})
    hold(final)
    Notification.objects.filter(alert=None).delete()
    newer = final.correct(by=cast.admin, reason="Haemolysed sample", result_data={"Potassium": "5.77"})
    assert told(cast) == [(str(newer.pk), False)]
    assert b"5.77" not in signed_in(cast.bob).get(newer.get_absolute_url(), follow=True).content


@pytest.mark.parametrize("ending", ["lift", "clock"])
def test_a_second_hold_is_told_of_once_more_when_it_ends(cast, held, ending):
    a_while_later()
    hold(held)
    if ending == "lift":
        held.lift_hold(by=cast.smith.user, reason="We have spoken")
    else:
        a_while_later()
    assert told(cast) == [(str(held.pk), False)] * 2


def test_an_alarm_is_not_delayed_by_anything(cast):
    chose(cast.bob, "chemistry", "other")
    result = recorded(cast, critical=True)
    assert Alert.objects.get().subject_id == result.pk
    assert told(cast) == []
    hold(result)
    again = recorded(cast, critical=True)
    hold(again)
    assert Notification.objects.filter(stream=doctor_channel(cast.smith.pk), type="critical_lab_result").count() == 2


# --- after the doctor's comment ---------------------------------------------------------------------


def test_a_review_releases_what_waits_for_it_and_is_told_once(cast):
    result = waiting(cast)
    assert told(cast) == []
    result.review_with(by=cast.smith.user, notes="Fine")
    assert told(cast) == [(str(result.pk), True)]


def test_signing_off_many_releases_each(cast):
    results = [waiting(cast, result_data={"Potassium": "4.1"}) for _ in range(2)]
    LabResult.sign_off(results, by=cast.smith.user)
    assert told(cast) == [(str(result.pk), True) for result in results]


def test_the_patient_can_ask_for_one_that_waits(cast):
    result, other = waiting(cast), waiting(cast)
    result.show_now(by=cast.bob.user)
    assert told(cast) == [(str(result.pk), False)]
    assert set(LabResult.objects.visible_to(cast.bob.user)) == {result}
    result.review_with(by=cast.smith.user)
    assert told(cast) == [(str(result.pk), False), (str(result.pk), True)]
    assert not other.release.is_released


def test_choosing_at_once_again_releases_what_waits(cast):
    result = waiting(cast)
    chose(cast.bob, "haematology")
    assert told(cast) == [(str(result.pk), False)]
    chose(cast.bob, "chemistry")
    assert result.release.is_released


def test_a_hold_and_a_wait_must_both_end(cast):
    result = waiting(cast)
    hold(result)
    result.review_with(by=cast.smith.user)
    assert told(cast) == []
    a_while_later()
    assert told(cast) == [(str(result.pk), True)]
    second = waiting(cast)
    hold(second)
    a_while_later()
    assert len(told(cast)) == 1
    second.review_with(by=cast.smith.user)
    assert told(cast)[1:] == [(str(second.pk), True)]


def test_a_correction_of_what_waits_waits_too_and_what_was_released_stays(cast):
    newer = waiting(cast).correct(by=cast.admin, reason="Haemolysed sample")
    assert told(cast) == []
    newer.review_with(by=cast.smith.user)
    assert told(cast) == [(str(newer.pk), True)]
    once_more = newer.correct(by=cast.admin, reason="Once more")
    assert told(cast)[1:] == [(str(once_more.pk), False)]


# --- two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_end_a_hold_once(cast, outbox):
    held = recorded(cast)
    hold(held)
    Notification.objects.all().delete()
    with clock(days=LATER):
        assert sorted(at_once(release_due, release_due)) == [0, 1]
    assert told(cast) == [(str(held.pk), False)]


@pytest.mark.django_db(transaction=True)
def test_a_review_and_the_clock_at_the_same_moment_release_it_once(cast, outbox):
    result = waiting(cast)
    hold(result)
    doctor = cast.smith.user
    mine = LabResult.objects.get(pk=result.pk)
    with clock(days=LATER):
        at_once(release_due, lambda: mine.review_with(by=doctor))
    assert told(cast) == [(str(result.pk), True)]


def test_a_review_between_the_end_of_a_hold_and_the_job_leaves_the_telling_to_the_job(cast):
    result = waiting(cast)
    hold(result)
    with clock(days=LATER):
        result.review_with(by=cast.smith.user)
        assert result in LabResult.objects.visible_to(cast.bob.user)
    assert told(cast) == []
    a_while_later()
    assert told(cast) == [(str(result.pk), True)]


@pytest.mark.django_db(transaction=True)
def test_of_two_holds_at_once_one_stands(cast, outbox):
    result, now = recorded(cast), timezone.now()

    def place():
        try:
            return hold(LabResult.objects.get(pk=result.pk)).placed_at > now
        except IllegalStep as refused:
            return refused.code

    assert sorted(map(str, at_once(place, place))) == ["True", "already_held"]
