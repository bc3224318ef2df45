"""The same is critical again while its alert is open: told like every other, answered together, never silenced."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from labs.models import LabResult
from notifications import ladder
from notifications.alerts import acknowledge, open_for, record_call
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Alert, Cover, Notification
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force, told, waiting_mails

pytestmark = pytest.mark.django_db(transaction=True)
HIGHER = {"Potassium": {"value": "7.6", "unit": "mmol/L", "low": "3.5", "high": "5.1"}}


@pytest.fixture
def first(cast, outbox):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    recorded(cast, critical=True)
    return Alert.objects.get()


def again(cast):
    return recorded(cast, critical=True, result_data=HIGHER)


def newest(channel):
    return Notification.objects.filter(stream=channel).latest("seq")


def test_the_first_says_nothing_of_persistent(cast, first):
    assert "persistent" not in newest(doctor_channel(cast.smith.pk)).body


def test_a_repeat_is_told_joins_the_alert_and_says_that_it_persists(cast, first):
    result = again(cast)
    row = newest(doctor_channel(cast.smith.pk))
    assert row.alert == first
    assert (row.body["result_id"], row.body["persistent"]) == (str(result.pk), True)
    assert (row.body["requires_ack"], row.body["priority"]) == (True, "critical")
    contract = Path(__file__).parents[1] / "contract" / "variants" / "critical_lab_result_persistent.json"
    assert set(json.loads(contract.read_text())) <= set(row.body)


def test_the_very_same_values_are_told_as_well(cast, first):
    recorded(cast, critical=True)
    assert Notification.objects.filter(alert=first).count() == 2


def test_the_newest_value_is_what_the_alert_shows(cast, first):
    result = again(cast)
    (shown,) = open_for(cast.smith.user)
    assert (shown.summary, shown.link) == (
        "Potassium 7.6 mmol/L, critical high (3.5 to 5.1, critical above 6.1)",
        result.get_absolute_url(),
    )


@pytest.mark.parametrize(
    "change",
    [
        {
            "test_type": "CBC",
            "result_data": {"Hemoglobin": {"value": "6.1", "unit": "g/dL", "low": "12", "high": "16"}},
        },
        {"patient": "alice"},
        {"doctor": "brown"},
    ],
)
def test_another_finding_patient_or_doctor_opens_an_alert_of_its_own(cast, first, change):
    recorded(
        cast,
        critical=True,
        **{key: getattr(cast, who) if key in ("patient", "doctor") else who for key, who in change.items()},
    )
    assert Alert.objects.open().count() == 2
    assert not any("persistent" in body for body in Notification.objects.values_list("body", flat=True))


def test_after_the_alert_is_closed_the_next_one_opens_anew(cast, first):
    LabResult.objects.get().review_with(by=cast.smith.user, notes="Called.")
    again(cast)
    assert Alert.objects.open().get() != first


def test_reviewing_one_of_two_leaves_the_alert_open_for_the_other(cast, first):
    earlier, later = LabResult.objects.get(), again(cast)
    later.review_with(by=cast.smith.user, notes="Called.")
    first.refresh_from_db()
    assert (first.closed_at, first.acknowledged_at) == (None, None)
    assert first.link == earlier.get_absolute_url()
    earlier.review_with(by=cast.smith.user, notes="Called.")
    first.refresh_from_db()
    assert first.closing_action == "reviewed"


def test_a_call_answers_for_all_of_them(cast, first):
    again(cast)
    record_call(first, by=cast.smith.user, outcome="read_back")
    assert not first.parts.filter(answered_at=None).exists()
    assert not Alert.objects.open().exists()


def test_one_acknowledgement_answers_for_both(cast, first):
    again(cast)
    acknowledge(first, by=cast.smith.user)
    assert open_for(cast.smith.user) == []


def test_who_holds_the_alert_already_hears_of_the_repeat_at_once(cast, first):
    ladder.escalate_due(first.opened_at + timedelta(minutes=15))
    again(cast)
    assert newest(doctor_channel(cast.brown.pk)).body["persistent"] is True
    assert told(first).count(doctor_channel(cast.brown.pk)) == 2


def test_a_repeat_does_not_put_off_the_next_step(cast, first):
    again(cast)
    first.refresh_from_db()
    assert first.deadline == first.opened_at + timedelta(minutes=15)


def test_the_next_to_be_told_hears_of_the_newest(cast, first):
    result = again(cast)
    ladder.escalate_due(first.opened_at + timedelta(minutes=15))
    assert newest(doctor_channel(cast.brown.pk)).body["result_id"] == str(result.pk)


# --- after an acknowledgement ----------------------------------------------------------------------------


@pytest.fixture
def asked_again(cast, first):
    """Dr. Brown took the first value on, without an action yet; then the second came."""
    ladder.escalate_due(first.opened_at + timedelta(minutes=15))
    acknowledge(first, by=cast.brown.user, note="7.1")
    again(cast)
    first.refresh_from_db()
    return first


def test_what_was_acknowledged_was_the_earlier_value_so_the_alert_asks_again(cast, asked_again):
    assert asked_again.acknowledged_at is None
    assert open_for(cast.smith.user) == [asked_again]


def test_that_somebody_took_the_earlier_one_on_stays_on_record(cast, asked_again, signed_in):
    (kept,) = asked_again.acknowledgements.all()
    assert (kept.by, kept.note) == (cast.brown.user, "7.1")
    page = signed_in(cast.smith).get(f"/notifications/alerts/{asked_again.pk}/").content.decode()
    assert "Acknowledged by" in page
    assert "Read back: 7.1" in page


def test_who_took_it_on_is_told_of_the_new_value(cast, asked_again):
    assert newest(doctor_channel(cast.brown.pk)).body["persistent"] is True


def test_the_ladder_begins_anew(cast, asked_again):
    assert asked_again.deadline == asked_again.asked_at + timedelta(minutes=15)
    for minutes in (15, 30):
        ladder.escalate_due(asked_again.asked_at + timedelta(minutes=minutes))
    assert told(asked_again)[-1] == admin_channel(cast.admin.pk)


def test_who_is_away_gets_an_e_mail_about_the_repeat_too(cast, no_jobs, first):
    again(cast)
    assert waiting_mails() == [str(cast.smith.pk)] * 2


def test_who_took_the_earlier_one_on_gets_one_e_mail_about_the_repeat_and_not_two(cast, no_jobs, first):
    acknowledge(first, by=cast.smith.user)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    again(cast)
    assert waiting_mails() == [str(cast.smith.pk)]


def test_a_second_acknowledgement_is_kept_beside_the_first(cast, asked_again):
    acknowledge(asked_again, by=cast.smith.user, note="7.6")
    assert [one.note for one in asked_again.acknowledgements.all()] == ["7.1", "7.6"]


# --- at the same time ------------------------------------------------------------------------------------


def test_two_at_once_are_one_alert(cast, outbox):
    together = threading.Barrier(2)

    def record():
        try:
            together.wait(5)
            recorded(cast, critical=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(record) for _ in range(2)]:
            done.result(20)
    assert Alert.objects.open().count() == 1
    assert sorted(
        "persistent" in body for body in Notification.objects.filter(alert__isnull=False).values_list("body", flat=True)
    ) == [False, True]


def test_a_repeat_that_is_rolled_back_leaves_the_alert_as_it_was(cast, first):
    with transaction.atomic():
        recorded(cast, critical=True, result_data=HIGHER)
        transaction.set_rollback(True)
    first.refresh_from_db()
    assert (first.summary, first.parts.count()) == (
        "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1)",
        1,
    )


def test_a_stranger_sees_nothing_of_the_repeat(cast, first, signed_in):
    again(cast)
    assert signed_in(cast.bob).get(f"/notifications/alerts/{first.pk}/").status_code == 404
