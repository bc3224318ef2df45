"""A critical matter stays open until a person has answered, and one answer clears it everywhere."""

import uuid

import pytest
from asgiref.sync import sync_to_async

from notifications.alerts import open_for
from notifications.channels import doctor_channel
from notifications.dispatch import AlertSubject, close_alert, notify
from notifications.events import CriticalLabResult
from notifications.models import Alert, Notification
from tests.notifications.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def critical(doctor, patient, result_id=None):
    result_id = result_id or uuid.uuid4()
    event = CriticalLabResult(result_id=result_id, patient_name=patient.full_name, test_type="BMP")
    subject = AlertSubject(
        kind="lab_result", id=result_id, patient_id=patient.pk, doctor_id=doctor.pk, summary="Potassium 7.1 mmol/L"
    )
    (row,) = notify([(doctor_channel(doctor.pk), event)], link=f"/lab-results/{result_id}/", alert=subject)
    return row


@pytest.fixture
def told(cast):
    return critical(cast.smith, cast.bob)


def test_a_critical_notification_says_that_it_needs_an_answer(told):
    assert told.body["requires_ack"] is True
    assert told.body["priority"] == "critical"


def test_the_doctor_acknowledges_and_the_alert_names_them(told, cast, api):
    answer = api(cast.smith).post(f"/api/v1/notifications/{told.pk}/ack", {"note": "7.1"})
    assert answer.status_code == 200
    assert answer.json()["acknowledged_by"] == {"id": str(cast.smith.pk), "name": "Jane Smith"}
    assert (answer.json()["note"], answer.json()["closed"]) == ("7.1", False)
    assert open_for(cast.smith.user) == []


def test_acknowledging_twice_keeps_the_first(told, cast, api):
    first = api(cast.smith).post(f"/api/v1/notifications/{told.pk}/ack", {"note": "7.1"}).json()
    assert api(cast.smith).post(f"/api/v1/notifications/{told.pk}/ack", {"note": "8"}).json() == first


@pytest.mark.parametrize("stranger", ["brown", "bob", "charlie", "admin"])
def test_whom_the_alert_has_not_reached_cannot_acknowledge(told, cast, api, stranger):
    person = getattr(cast, stranger)
    assert api(person).post(f"/api/v1/notifications/{told.pk}/ack").status_code == 404
    assert Alert.objects.get().acknowledged_at is None


def test_a_repeat_of_an_open_one_joins_its_alert(told, cast):
    again = critical(cast.smith, cast.bob, told.alert.subject_id)
    assert again.alert == told.alert
    assert Alert.objects.count() == 1


def test_closing_answers_for_it_as_well(told, cast):
    close_alert("lab_result", told.alert.subject_id, by=cast.smith.user, action="reviewed")
    alert = Alert.objects.get()
    assert (alert.acknowledged_by, alert.closed_by, alert.closing_action) == (
        cast.smith.user,
        cast.smith.user,
        "reviewed",
    )


def test_an_ordinary_notification_cannot_be_acknowledged(cast, api):
    from notifications.dispatch import publish_notification_sync

    sent = publish_notification_sync(doctor_channel(cast.smith.pk), {"type": "test"})
    answer = api(cast.smith).post(f"/api/v1/notifications/{sent.pk}/ack")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_acknowledgement_needed")


@pytest.mark.parametrize("note", ["x" * 2001, "a\x00b", {"a": 1}, ["x"]])
def test_an_unusable_note_is_refused_and_nothing_is_acknowledged(told, cast, api, note):
    answer = api(cast.smith).post(f"/api/v1/notifications/{told.pk}/ack", {"note": note}, format="json")
    assert answer.status_code == 400
    assert "note" in answer.json()["errors"]
    assert Alert.objects.get().acknowledged_at is None


async def test_one_acknowledgement_over_the_socket_clears_every_device(cast):
    row = await sync_to_async(lambda: critical(cast.smith, cast.bob))()
    async with Socket.of(cast.smith) as desk, Socket.of(cast.smith) as phone:
        assert (await desk.ready())["unread_count"] == 1
        await phone.ready()
        await desk.send({"type": "ack", "id": str(row.pk), "note": "7.1"})
        for device in (desk, phone):
            frame = await device.next("updated")
            assert frame["acknowledged"] == [str(row.pk)]
    alert = await Alert.objects.select_related("acknowledged_by").aget()
    assert (alert.acknowledged_by, alert.acknowledgement_note) == (cast.smith.user, "7.1")


async def test_the_stranger_cannot_acknowledge_over_the_socket(cast):
    row = await sync_to_async(lambda: critical(cast.smith, cast.bob))()
    charlie = await sync_to_async(lambda: cast.charlie)()
    async with Socket.of(charlie) as socket:
        await socket.ready()
        await socket.send({"type": "ack", "id": str(row.pk)})
        assert (await socket.frame())["code"] == "not_found"
    assert (await Alert.objects.aget()).acknowledged_at is None


@pytest.mark.parametrize("note", [5, None, ["x"], "x" * 2001])
async def test_a_note_that_is_no_text_is_an_error_on_the_socket(cast, note):
    row = await sync_to_async(lambda: critical(cast.smith, cast.bob))()
    async with Socket.of(cast.smith) as socket:
        await socket.ready()
        await socket.send({"type": "ack", "id": str(row.pk), "note": note})
        assert (await socket.frame())["code"] == "bad_note"


def test_the_bar_is_there_until_somebody_acknowledges(told, cast, signed_in):
    smith = signed_in(cast.smith)
    assert "Bob Wilson" in smith.get("/notifications/alarms/").content.decode()
    answer = smith.post(f"/notifications/alerts/{told.alert.pk}/acknowledge/", {"note": "7.1"})
    assert answer.status_code == 302
    assert "Bob Wilson" not in smith.get("/notifications/alarms/").content.decode()


@pytest.mark.parametrize("stranger", ["brown", "bob", "charlie"])
def test_the_stranger_sees_no_bar_and_cannot_acknowledge_from_a_page(told, cast, signed_in, stranger):
    client = signed_in(getattr(cast, stranger))
    assert "Bob Wilson" not in client.get("/notifications/alarms/").content.decode()
    assert client.post(f"/notifications/alerts/{told.alert.pk}/acknowledge/").status_code == 404
    assert Notification.objects.get().alert.acknowledged_at is None
