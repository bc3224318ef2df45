"""The ladder is the clinic's to change: who is on it climbs it as it stands, in time, and past nobody."""

import pytest

from notifications import ladder
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Alert, Cover, LadderStep, OnCall
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force, minutes_later, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alert(cast, outbox):
    """Open, told to Dr. Smith; Dr. Brown covers her, Ada administers."""
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    assert cast.admin
    LadderStep.objects.all().delete()
    for after_minutes, audience in ladder.DEFAULT:
        LadderStep.objects.create(after_minutes=after_minutes, audience=audience)
    recorded(cast, critical=True)
    return Alert.objects.get()


def step(minutes):
    return LadderStep.objects.get(after_minutes=minutes)


def move(minutes, to):
    moved = step(minutes)
    moved.after_minutes = to
    moved.save()


def deadline(alert):
    alert.refresh_from_db()
    return alert.deadline


def test_a_step_that_is_deleted_after_it_was_taken_takes_no_other_with_it(cast, alert):
    ladder.escalate_due(minutes_later(alert, 15))
    step(15).delete()
    assert deadline(alert) == minutes_later(alert, 30)
    ladder.escalate_due(minutes_later(alert, 30))
    assert told(alert)[-1] == admin_channel(cast.admin.pk)


def test_a_shorter_step_counts_for_who_waits_already(cast, alert):
    move(15, to=5)
    assert deadline(alert) == minutes_later(alert, 5)
    ladder.escalate_due(minutes_later(alert, 5))
    assert told(alert)[-1] == doctor_channel(cast.brown.pk)


def test_a_longer_one_too(alert):
    move(15, to=20)
    assert deadline(alert) == minutes_later(alert, 20)


def test_a_step_that_is_moved_below_where_the_alert_stands_is_taken_at_once(cast, alert):
    ladder.escalate_due(minutes_later(alert, 15))
    move(30, to=10)
    assert ladder.escalate_due(minutes_later(alert, 16)) == 1
    assert told(alert)[-1] == admin_channel(cast.admin.pk)
    assert deadline(alert) == minutes_later(alert, 60)


def test_a_step_that_was_taken_and_is_moved_up_tells_nobody_again(cast, alert):
    ladder.escalate_due(minutes_later(alert, 15))
    move(15, to=40)
    for count in (30, 40, 60):
        ladder.escalate_due(minutes_later(alert, count))
    assert told(alert).count(doctor_channel(cast.brown.pk)) == 1


def test_steps_that_the_administration_deletes_or_adds_move_the_clocks_as_well(cast, alert, signed_in):
    admin = signed_in(cast.admin)
    chosen = {"action": "delete_selected", "_selected_action": [step(15).pk], "post": "yes"}
    assert admin.post("/admin/notifications/ladderstep/", chosen).status_code == 302
    assert deadline(alert) == minutes_later(alert, 30)
    added = {"after_minutes": "10", "audience": "on_call"}
    assert admin.post("/admin/notifications/ladderstep/add/", added).status_code == 302
    assert deadline(alert) == minutes_later(alert, 10)


def test_who_has_acknowledged_hears_no_clock(cast, alert):
    from notifications.alerts import acknowledge

    acknowledge(alert, by=cast.smith.user)
    before = deadline(alert)
    move(15, to=5)
    assert deadline(alert) == before
    assert ladder.escalate_due(minutes_later(alert, 60)) == 0


# --- a breach has its time -----------------------------------------------------------------------------------


@pytest.fixture
def nobody(cast, alert):
    """Nobody covers, nobody is on call, no administrator is active."""
    Cover.objects.all().delete()
    OnCall.objects.all().delete()
    cast.admin.is_active = False
    cast.admin.save()
    return alert


def test_with_nobody_left_to_tell_no_breach_is_recorded_before_its_time(nobody):
    assert ladder.escalate_due(minutes_later(nobody, 15)) == 1
    assert deadline(nobody) == minutes_later(nobody, 60)
    assert nobody.breached_at is None
    assert "breach" not in nobody.steps.values_list("audience", flat=True)


def test_at_its_time_it_is(nobody):
    ladder.escalate_due(minutes_later(nobody, 15))
    assert ladder.escalate_due(minutes_later(nobody, 59.9)) == 0
    assert ladder.escalate_due(minutes_later(nobody, 60)) == 1
    nobody.refresh_from_db()
    assert (nobody.breached_at, nobody.deadline) == (minutes_later(nobody, 60), None)


def test_with_every_process_down_until_after_it_it_is_recorded_at_the_next_start(nobody):
    ladder.escalate_due(minutes_later(nobody, 90))
    nobody.refresh_from_db()
    assert nobody.breached_at == minutes_later(nobody, 90)
