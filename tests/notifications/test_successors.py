"""A newer version of a critical result goes on with its alert; one that is no longer critical ends it, for all."""

from datetime import timedelta

import pytest

from notifications import ladder
from notifications.alerts import acknowledge, open_for
from notifications.channels import doctor_channel
from notifications.models import Alert, Cover, Notification
from tests.labs.making import POTASSIUM
from tests.notifications.test_ladder import in_force, told
from tests.notifications.test_repeats import newest

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "Haemolysed sample"}
FINE = {"result_data": {"Potassium": {"value": "4.1", "unit": "mmol/L"}}, "critical": False}
SODIUM = {"Sodium": {"value": "105", "unit": "mmol/L"}}


@pytest.fixture
def preliminary(cast, outbox):
    """From the laboratory, for Dr. Smith, whom Dr. Brown covers."""
    from labs.models import LabResult

    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.admin
    return LabResult.record(
        by=cast.laboratory,
        patient=cast.bob,
        doctor=cast.smith,
        test_type="BMP",
        result_data=POTASSIUM,
        critical=True,
        status="preliminary",
    )


@pytest.fixture
def escalated(preliminary):
    """Dr. Brown was told at 15 minutes."""
    alert = Alert.objects.get()
    ladder.escalate_due(alert.opened_at + timedelta(minutes=15))
    alert.refresh_from_db()
    return alert


def test_a_critical_result_that_is_made_final_joins_its_alert_and_the_clock_goes_on(cast, preliminary, escalated):
    before = (escalated.asked_at, escalated.deadline, escalated.climbed_minutes, escalated.steps.count())
    final = preliminary.finalise(by=cast.laboratory)
    alert = Alert.objects.get()
    assert (alert.asked_at, alert.deadline, alert.climbed_minutes, alert.steps.count()) == before
    assert (alert.closed_at, alert.acknowledged_by, alert.link) == (None, None, final.get_absolute_url())
    assert list(alert.parts.values_list("subject_id", "answer", "answered_by")) == [
        (preliminary.pk, "final", cast.laboratory.pk),
        (final.pk, "", None),
    ]


def test_everyone_who_holds_it_hears_of_the_newer_one(cast, preliminary, escalated):
    final = preliminary.finalise(by=cast.laboratory)
    for doctor in (cast.smith, cast.brown):
        alarm = Notification.objects.filter(
            stream=doctor_channel(doctor.pk), type="critical_lab_result", body__result_id=str(final.pk)
        ).get()
        assert (alarm.alert, alarm.body["persistent"]) == (escalated, True)
        assert open_for(doctor.user) == [escalated]


def test_the_next_step_is_taken_at_its_old_time(cast, preliminary, escalated):
    final = preliminary.finalise(by=cast.laboratory)
    assert ladder.escalate_due(escalated.opened_at + timedelta(minutes=30)) == 1
    assert told(escalated)[-1].startswith("admin:")
    assert newest(told(escalated)[-1]).body["result_id"] == str(final.pk)


def test_another_critical_value_in_its_place_joins_too(cast, preliminary, escalated):
    final = preliminary.finalise(by=cast.laboratory, result_data=SODIUM)
    assert final.critical
    assert Alert.objects.get().summary == final.alarm_summary


def test_each_further_correction_goes_on_with_the_same_alert(cast, preliminary, escalated):
    final = preliminary.finalise(by=cast.laboratory)
    corrected = final.correct(by=cast.laboratory, **WHY)
    alert = Alert.objects.get()
    assert (alert.deadline, alert.link) == (escalated.deadline, corrected.get_absolute_url())
    corrected.review_with(by=cast.smith.user, notes="Called.")
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.closing_action) == (cast.smith.user, "reviewed")


def test_what_was_acknowledged_was_the_earlier_version_so_it_asks_again(cast, preliminary, escalated):
    acknowledge(escalated, by=cast.brown.user)
    preliminary.finalise(by=cast.laboratory)
    alert = Alert.objects.get()
    assert (alert.acknowledged_by, alert.closed_at) == (None, None)
    assert alert.deadline == alert.asked_at + timedelta(minutes=15)
    assert told(alert).count(doctor_channel(cast.brown.pk)) == 2


# --- no longer critical --------------------------------------------------------------------------------------


@pytest.fixture(params=["correct", "cancel"])
def withdrawn(request, cast, preliminary, escalated, outbox):
    """The laboratory made it final, and then took it back."""
    final = preliminary.finalise(by=cast.laboratory)
    outbox.clear()
    if request.param == "correct":
        return final.correct(by=cast.laboratory, **FINE, **WHY)
    return final.cancel(by=cast.laboratory, **WHY)


def test_a_laboratory_that_takes_it_back_closes_the_alert_and_acknowledges_nothing(cast, withdrawn):
    alert = Alert.objects.get()
    assert (alert.closed_by, alert.closing_action) == (cast.laboratory, withdrawn.status)
    assert (alert.acknowledged_at, alert.acknowledged_by, alert.acknowledgements.count()) == (None, None, 0)
    assert open_for(cast.smith.user) == []
    assert ladder.escalate_due(alert.opened_at + timedelta(hours=2)) == 0


def test_everyone_it_had_reached_is_told_of_that_and_their_pages_too(cast, withdrawn, outbox):
    for doctor in (cast.smith, cast.brown):
        news = newest(doctor_channel(doctor.pk)).body
        assert (news["type"], news["status"]) == ("lab_result_available", withdrawn.status)
        frames = [frame for frame in outbox if frame["channel"] == f"user:{doctor.pk}:session"]
        assert any("closed" in frame and "acknowledged" not in frame for frame in frames)


def test_whoever_acknowledges_it_afterwards_hears_that_it_is_closed(cast, withdrawn, api, signed_in):
    told_smith = Alert.objects.get().notifications.filter(stream=doctor_channel(cast.smith.pk)).first()
    answer = api(cast.smith).post(f"/api/v1/notifications/{told_smith.pk}/ack", {"note": "7.1"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["acknowledged_at"], body["acknowledged_by"], body["closed"]) == (None, None, True)
    assert body["closing_action"] == withdrawn.status
    alert = Alert.objects.get()
    page = signed_in(cast.smith).post(
        f"/notifications/alerts/{alert.pk}/acknowledge/", {"next": "/notifications/"}, follow=True
    )
    assert "needs no acknowledgement" in page.content.decode()
    alert.refresh_from_db()
    assert alert.acknowledged_by is None


def test_its_notifications_can_be_marked_read_with_all_others(cast, withdrawn, signed_in):
    smith = signed_in(cast.smith)
    smith.post("/notifications/seen/")
    assert not Notification.objects.unread_by(cast.smith.user).exists()
    waiting = smith.get("/notifications/partials/list/?filter=ack").content.decode()
    assert "Nothing here" in waiting


def test_the_page_of_the_alert_tells_who_ended_it_and_how(cast, withdrawn, signed_in):
    page = signed_in(cast.smith).get(f"/notifications/alerts/{Alert.objects.get().pk}/").content.decode()
    assert f"Closed: {withdrawn.status}" in page
    assert "Central Laboratory" in page
    assert "Next:" not in page


def test_an_acknowledgement_from_before_stays_as_it_was(cast, preliminary, escalated):
    acknowledge(escalated, by=cast.smith.user, note="7.1")
    preliminary.finalise(by=cast.laboratory, **FINE)
    escalated.refresh_from_db()
    assert (escalated.acknowledged_by, escalated.closed_by, escalated.closing_action) == (
        cast.smith.user,
        cast.laboratory,
        "final",
    )
