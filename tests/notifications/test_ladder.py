"""While nobody has acknowledged, the next person is told; the clock is in the database."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from notifications import ladder, mails, publisher
from notifications.alerts import acknowledge, open_for
from notifications.channels import admin_channel, doctor_channel
from notifications.models import Alert, AlertStep, Cover, LadderStep, Notification, OnCall
from notifications.tasks import mail_whoever_is_away
from tests.cast import make_doctor
from tests.labs.making import recorded
from tests.notifications.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def minutes_later(alert, count):
    return alert.opened_at + timedelta(minutes=count)


def told(alert):
    """The channels in the order in which they were told."""
    return list(alert.notifications.order_by("created_at", "seq").values_list("stream_id", flat=True))


def in_force(model, **who):
    now = timezone.now()
    return model.objects.create(begins=now - timedelta(hours=1), ends=now + timedelta(hours=8), **who)


@pytest.fixture
def alert(cast, outbox):
    """Open, told to Dr. Smith; Dr. Brown covers her, Dr. Night is on call, Ada administers."""
    night = make_doctor("dr.night@example.com", "Nora", "Night", "L-1009")
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    in_force(OnCall, doctor=night)
    recorded(cast, critical=True)
    cast.night = night
    return Alert.objects.get()


def test_the_ordering_doctor_is_told_at_once_and_the_next_step_has_its_time(cast, alert):
    assert told(alert) == [doctor_channel(cast.smith.pk)]
    assert alert.deadline == minutes_later(alert, 15)


def test_nobody_else_is_told_before_the_time(alert):
    assert ladder.escalate_due(minutes_later(alert, 14.9)) == 0
    assert len(told(alert)) == 1


def test_step_by_step_everyone_is_told_and_a_breach_is_recorded(cast, alert):
    for count in (15, 30, 60):
        assert ladder.escalate_due(minutes_later(alert, count)) == 1
        assert ladder.escalate_due(minutes_later(alert, count)) == 0
    alert.refresh_from_db()
    assert told(alert)[:2] == [doctor_channel(cast.smith.pk), doctor_channel(cast.brown.pk)]
    assert set(told(alert)[2:]) == {doctor_channel(cast.night.pk), admin_channel(cast.admin.pk)}
    assert (alert.deadline, alert.breached_at) == (None, minutes_later(alert, 60))
    assert list(alert.steps.values_list("audience", "told")) == [
        ("ordering", 1),
        ("covering", 1),
        ("on_call", 2),
        ("breach", 0),
    ]


def test_each_step_is_a_new_notification_of_the_same_matter(cast, alert, outbox):
    ladder.escalate_due(minutes_later(alert, 15))
    first, second = Notification.objects.filter(type="critical_lab_result").order_by("created_at")
    ours = {"id", "channel", "seq", "sent_at"}
    assert {k: v for k, v in second.body.items() if k not in ours} == {
        k: v for k, v in first.body.items() if k not in ours
    }
    sent = [frame for frame in outbox if frame["type"] == "critical_lab_result"]
    assert sent[-1]["channel"] == doctor_channel(cast.brown.pk)
    assert sent[-1]["requires_ack"] is True


def test_with_every_process_down_over_all_deadlines_each_step_is_taken_at_the_next_start(alert):
    assert ladder.escalate_due(minutes_later(alert, 7 * 60)) == 3
    assert len(told(alert)) == 4
    alert.refresh_from_db()
    assert alert.breached_at


def test_an_acknowledgement_stops_the_ladder(cast, alert):
    acknowledge(alert, by=cast.smith.user)
    assert ladder.escalate_due(minutes_later(alert, 60)) == 0
    assert len(told(alert)) == 1


def test_an_empty_step_falls_through_to_the_next_at_once(cast, alert):
    Cover.objects.all().delete()
    ladder.escalate_due(minutes_later(alert, 15))
    assert set(told(alert)[1:]) == {doctor_channel(cast.night.pk), admin_channel(cast.admin.pk)}


def test_an_inactive_covering_doctor_is_an_empty_step(cast, alert):
    cast.brown.user.is_active = False
    cast.brown.user.save()
    ladder.escalate_due(minutes_later(alert, 15))
    assert doctor_channel(cast.brown.pk) not in told(alert)
    assert admin_channel(cast.admin.pk) in told(alert)


def test_an_ordering_doctor_who_has_left_is_passed_over_at_once(cast, alert, outbox):
    recorded(cast).doctor.user  # noqa: B018  # the tie exists; now she leaves
    cast.smith.user.is_active = False
    cast.smith.user.save()
    fresh = Alert.objects.get()
    AlertStep.objects.all().delete()
    fresh.refresh_from_db()
    ladder.begin(fresh)
    assert doctor_channel(cast.brown.pk) in told(fresh)


def test_nobody_is_told_twice(cast, alert):
    in_force(OnCall, doctor=cast.brown)
    in_force(OnCall, doctor=cast.smith)
    for count in (15, 30, 60):
        ladder.escalate_due(minutes_later(alert, count))
    assert len(told(alert)) == len(set(told(alert))) == 4


def test_cover_counts_from_when_to_when(cast, alert):
    Cover.objects.update(begins=timezone.now() + timedelta(hours=3), ends=timezone.now() + timedelta(hours=4))
    ladder.escalate_due(minutes_later(alert, 15))
    assert doctor_channel(cast.brown.pk) not in told(alert)


def test_the_ladder_can_be_changed(cast, alert):
    LadderStep.objects.all().delete()
    LadderStep.objects.create(after_minutes=0, audience="ordering")
    LadderStep.objects.create(after_minutes=5, audience="on_call")
    recorded(cast, patient=cast.alice, critical=True)
    newer = Alert.objects.latest("opened_at")
    assert newer.deadline == minutes_later(newer, 5)


def test_an_emptied_ladder_is_the_default_and_never_silence(cast, alert):
    LadderStep.objects.all().delete()
    recorded(cast, patient=cast.alice, critical=True)
    newer = Alert.objects.latest("opened_at")
    assert newer.deadline == minutes_later(newer, 15)


def test_a_setting_makes_it_fast_enough_to_watch(cast, outbox, settings):
    settings.ESCALATION_MINUTE_SECONDS = 1
    recorded(cast, critical=True)
    alert = Alert.objects.get()
    assert alert.deadline - alert.opened_at == timedelta(seconds=15)


def test_whom_it_has_reached_may_acknowledge_and_sees_the_patient_while_it_is_open(cast, alert, api):
    client = api(cast.brown)
    assert client.get(f"/api/v1/patients/{cast.bob.pk}").status_code == 404
    ladder.escalate_due(minutes_later(alert, 15))
    assert client.get(f"/api/v1/patients/{cast.bob.pk}").status_code == 200
    assert open_for(cast.brown.user) == [alert]
    told_brown = alert.notifications.get(stream=doctor_channel(cast.brown.pk))
    assert client.post(f"/api/v1/notifications/{told_brown.pk}/ack", {"note": "7.1"}).status_code == 200
    assert open_for(cast.smith.user) == []
    from notifications.dispatch import close_alert

    close_alert(alert.kind, alert.subject_id, by=cast.smith.user, action="reviewed")
    assert client.get(f"/api/v1/patients/{cast.bob.pk}").status_code == 404


def test_an_acknowledgement_that_races_the_deadline_has_one_outcome(cast, alert):
    """Whoever has the alert's row first decides; the other finds it decided."""
    acknowledging, may_commit = threading.Event(), threading.Event()

    def acknowledge_slowly():
        try:
            with transaction.atomic():
                acknowledge(alert, by=cast.smith.user)
                acknowledging.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(acknowledge_slowly)
        assert acknowledging.wait(10)
        assert ladder.escalate_due(minutes_later(alert, 15)) == 0
        may_commit.set()
        slow.result(10)
    assert ladder.escalate_due(minutes_later(alert, 15)) == 0
    assert len(told(alert)) == 1


def test_two_workers_take_a_step_once(alert):
    def work(_):
        try:
            return ladder.escalate_due(minutes_later(alert, 15))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(told(alert)) == 2


# --- e-mail for those who are away --------------------------------------------------------------------


def waiting_mails():
    """Ids of those to whom an e-mail will go, after the worker asked who is away."""
    with connection.cursor() as cursor:
        asking = "DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%mail_whoever_is_away' RETURNING id, args"
        cursor.execute(f"WITH asked AS ({asking}) SELECT args->'user_ids' FROM asked ORDER BY id")
        for (user_ids,) in cursor.fetchall():
            mail_whoever_is_away(json.loads(user_ids) if isinstance(user_ids, str) else user_ids)
        cursor.execute(
            "SELECT args->>'user_id' FROM procrastinate_jobs WHERE task_name LIKE '%%send_alert_mail' ORDER BY id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_whoever_has_no_page_open_gets_an_e_mail_at_once(cast, no_jobs, alert):
    assert waiting_mails() == [str(cast.smith.pk)]
    ladder.escalate_due(minutes_later(alert, 15))
    assert waiting_mails() == [str(cast.smith.pk), str(cast.brown.pk)]


async def test_whoever_has_a_page_open_gets_none(cast, no_jobs, outbox):
    await sync_to_async(lambda: (cast.smith, cast.bob, cast.admin))()
    async with Socket.of(cast.smith) as socket:
        await socket.ready()
        await sync_to_async(recorded)(cast, critical=True)
        assert await sync_to_async(waiting_mails)() == []


def test_a_program_that_listens_to_the_doctors_channel_is_not_the_doctor(cast, no_jobs, outbox):
    pubsub = publisher.connection().pubsub()
    pubsub.subscribe(doctor_channel(cast.smith.pk))
    assert pubsub.get_message(timeout=2)["type"] == "subscribe"
    recorded(cast, critical=True)
    assert waiting_mails() == [str(cast.smith.pk)]
    pubsub.close()


def test_who_is_there_is_asked_once_for_all_and_not_while_streams_are_locked(cast, no_jobs, alert, monkeypatch):
    asked = []
    numsub = publisher.connection().pubsub_numsub

    def pubsub_numsub(*channels):
        asked.append((len(channels), connection.in_atomic_block))
        return numsub(*channels)

    monkeypatch.setattr(publisher.connection(), "pubsub_numsub", pubsub_numsub)
    Cover.objects.all().delete()
    ladder.escalate_due(minutes_later(alert, 15))
    assert asked == []
    assert sorted(waiting_mails()) == sorted(str(who.pk) for who in (cast.smith, cast.night, cast.admin))
    assert [count for count, _ in asked] == [1, 2]


def test_with_redis_away_everybody_counts_as_away(cast, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    publisher.connection.cache_clear()
    try:
        assert mails.away([str(cast.smith.pk)]) == [str(cast.smith.pk)]
    finally:
        publisher.connection.cache_clear()


def test_a_rolled_back_alert_mails_nobody(cast, no_jobs, outbox):
    assert cast.bob
    assert cast.smith
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        recorded(cast, critical=True)
        raise ZeroDivisionError
    assert waiting_mails() == []


def test_the_e_mail_says_nothing_about_the_patient(cast, alert):
    mails.send(cast.smith.pk)
    (message,) = mail.outbox
    text = message.subject + message.body
    assert message.to == ["dr.smith@example.com"]
    assert "/notifications/alerts/" in text
    for secret in ("Bob", "Wilson", "Potassium", "7.1", "BMP"):
        assert secret not in text
