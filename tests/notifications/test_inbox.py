"""The inbox: one's own, in order, with a count that is the same everywhere."""

import json

import pytest

from notifications.channels import SYSTEM_ALERTS, doctor_channel, patient_channel
from notifications.dispatch import publish_notification_sync
from notifications.inbox import unread_count
from notifications.models import Notification, Receipt
from tests.appointments.making import requested
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/notifications"


def write(person, count=1, channel=None):
    for number in range(count):
        publish_notification_sync(channel or patient_channel(person.pk), {"type": "test", "n": number})


def test_a_channel_is_read_from_where_one_is(cast, api):
    write(cast.alice, 3)
    body = api(cast.alice).get(f"{URL}?channel={patient_channel(cast.alice.pk)}&after=1").json()
    assert [row["seq"] for row in body["results"]] == [2, 3]
    assert (body["next"], body["unread_count"]) == (None, 3)
    assert body["results"][0].items() >= {"type": "test", "n": 1, "requires_ack": False}.items()


def test_pages_follow_one_another_without_loss(cast, api):
    write(cast.alice, 230)
    client, url, seen = api(cast.alice), f"{URL}?channel={patient_channel(cast.alice.pk)}", []
    while url:
        body = client.get(url).json()
        seen += [row["seq"] for row in body["results"]]
        url = body["next"]
    assert seen == list(range(1, 231))


def test_without_a_channel_all_of_ones_own_come(cast, api):
    write(cast.alice)
    write(None, channel=SYSTEM_ALERTS)
    assert len(api(cast.alice).get(URL).json()["results"]) == 2


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_position_of_nonsense_is_400(cast, api, after):
    assert api(cast.alice).get(f"{URL}?after={after}").status_code == 400


def test_the_stranger_reads_nobody_elses_channel(cast, api):
    write(cast.alice)
    client = api(cast.charlie)
    assert client.get(f"{URL}?channel={patient_channel(cast.alice.pk)}").status_code == 404
    assert client.get(URL).json()["results"] == []
    assert client.post(f"{URL}/{Notification.objects.get().pk}/seen").status_code == 404
    assert client.get(f"{URL}?channel=nonsense").status_code == 404


def test_a_notification_is_unread_until_it_is_seen(cast, api, outbox):
    write(cast.alice, 2)
    assert unread_count(cast.alice.user) == 2
    answer = api(cast.alice).post(f"{URL}/{Notification.objects.first().pk}/seen")
    assert answer.json() == {"unread_count": 1}
    assert outbox[-1]["type"] == "updated"
    assert (outbox[-1]["channel"], outbox[-1]["unread_count"]) == (f"user:{cast.alice.pk}:session", 1)


def test_what_everyone_was_told_before_one_came_is_not_unread(cast):
    write(None, channel=SYSTEM_ALERTS)
    assert unread_count(cast.alice.user) == 0


def test_opening_one_marks_it_read_and_leads_to_the_thing(cast, signed_in):
    appointment = requested(cast)
    smith = signed_in(cast.smith)
    page = smith.get("/notifications/").content.decode()
    assert "Alice Johnson asks for an appointment" in page
    assert "1 unread" in page
    notification = Notification.objects.get()
    assert smith.post(f"/notifications/{notification.pk}/open/").url == f"/appointments/{appointment.pk}/"
    assert unread_count(cast.smith.user) == 0
    assert signed_in(cast.charlie).post(f"/notifications/{notification.pk}/open/").status_code == 404


def test_all_are_marked_read_at_once(cast, signed_in):
    write(cast.alice, 3)
    signed_in(cast.alice).post("/notifications/seen/")
    assert unread_count(cast.alice.user) == 0


@pytest.mark.parametrize("chosen", ["", "ack", "unread", "appointments", "prescriptions", "results", "system", "x"])
def test_the_inbox_can_be_narrowed(cast, signed_in, chosen):
    requested(cast)
    page = signed_in(cast.smith).get(f"/notifications/?filter={chosen}").content.decode()
    assert ("Alice Johnson asks" in page) == (chosen in ("", "unread", "appointments", "x"))


def test_a_toast_is_for_its_reader(cast, signed_in):
    requested(cast)
    path = f"/notifications/{Notification.objects.get().pk}/toast/"
    assert "Alice Johnson asks for an appointment" in signed_in(cast.smith).get(path).content.decode()
    assert signed_in(cast.charlie).get(path).status_code == 404


def test_a_word_to_everyone_is_an_administrators(cast, api):
    body = {"severity": "critical", "message": "Fire drill"}
    assert api(cast.smith).post("/api/v1/system-alerts", body).status_code == 403
    answer = api(cast.admin).post("/api/v1/system-alerts", body)
    assert (answer.status_code, answer.json()["message"]) == (201, "Fire drill")


@pytest.mark.parametrize("body", [{}, {"severity": "loud", "message": "x"}, {"severity": "info", "message": ""}])
def test_a_word_that_is_none_is_400(cast, api, body):
    assert api(cast.admin).post("/api/v1/system-alerts", body).status_code == 400


def test_a_doctor_reads_only_the_doctors_channel(cast, api):
    write(cast.smith, channel=doctor_channel(cast.smith.pk))
    assert len(api(cast.smith).get(f"{URL}?channel={doctor_channel(cast.smith.pk)}").json()["results"]) == 1


def test_one_is_marked_read_without_going_there(cast, signed_in, outbox):
    requested(cast)
    requested(cast, patient=cast.bob)
    smith, notification = signed_in(cast.smith), Notification.objects.get(seq=1)
    page = smith.get("/notifications/?filter=appointments").content.decode()
    assert page.count("Mark read") == 2
    back = "/notifications/?filter=appointments"
    outbox.clear()
    answer = smith.post(f"/notifications/{notification.pk}/seen/", {"next": back})
    assert (answer.status_code, answer.url) == (302, back)
    assert [frame["unread_count"] for frame in outbox if frame["type"] == "updated"] == [1]
    assert smith.get(back).content.decode().count("Mark read") == 1
    assert signed_in(cast.charlie).post(f"/notifications/{notification.pk}/seen/").status_code == 404
    assert smith.get(f"/notifications/{notification.pk}/seen/").status_code == 405


def test_marking_read_leads_to_no_other_site(cast, signed_in):
    requested(cast)
    path = f"/notifications/{Notification.objects.get().pk}/seen/"
    assert signed_in(cast.smith).post(path, {"next": "https://evil.example/"}).url == "/notifications/"


def test_a_script_that_marks_read_gets_no_page(cast, signed_in):
    requested(cast)
    path = f"/notifications/{Notification.objects.get().pk}/seen/"
    assert signed_in(cast.smith).post(path, headers={"X-Requested-With": "fetch"}).status_code == 204


def test_an_open_alert_is_answered_and_not_marked_read(cast, signed_in):
    recorded(cast, critical=True)
    smith, notification = signed_in(cast.smith), Notification.objects.get(alert__isnull=False)
    assert "Mark read" not in smith.get("/notifications/").content.decode()
    assert smith.post(f"/notifications/{notification.pk}/seen/").status_code == 404
    assert unread_count(cast.smith.user) == 1


def test_what_a_toast_opens_is_read(cast, signed_in):
    requested(cast)
    notification = Notification.objects.get()
    toast = signed_in(cast.smith).get(f"/notifications/{notification.pk}/toast/").content.decode()
    assert f'action="/notifications/{notification.pk}/open/"' in toast
    assert "csrfmiddlewaretoken" in toast


# --- all channels at once: from a position in each ----------------------------------------------------


def test_all_ones_channels_are_read_page_by_page_without_loss_and_once(cast, api):
    for _ in range(70):
        write(cast.alice, 2)
        write(None, channel=SYSTEM_ALERTS)
    client, url, seen = api(cast.alice), URL, []
    while url:
        body = client.get(url).json()
        seen += [(row["channel"], row["seq"]) for row in body["results"]]
        url = body["next"]
    own = [(patient_channel(cast.alice.pk), seq) for seq in range(1, 141)]
    everyones = [(SYSTEM_ALERTS, seq) for seq in range(1, 71)]
    assert len(seen) == len(set(seen))
    assert [place for place in seen if place in own] == own
    assert [place for place in seen if place in everyones] == everyones


def test_a_row_that_commits_late_and_is_dated_early_is_not_passed_over(cast, api):
    """It was dated when it was written, and committed when the first page had been read."""
    write(cast.alice, 110)
    client = api(cast.alice)
    first = client.get(URL).json()
    write(None, channel=SYSTEM_ALERTS)
    late = Notification.objects.get(stream=SYSTEM_ALERTS)
    late.created_at = Notification.objects.get(seq=5).created_at
    late.save()
    second = client.get(first["next"]).json()
    seqs = [row["seq"] for row in first["results"] + second["results"] if row["channel"] != SYSTEM_ALERTS]
    assert seqs == list(range(1, 111))
    assert str(late.pk) in [row["id"] for row in second["results"]]


@pytest.mark.parametrize("after", ["7", "[]", "{}", '{"system:alerts": -1}', '{"system:alerts": "1"}', "[" * 9000])
def test_a_position_without_its_channel_is_400_and_says_what_it_wants(cast, api, after):
    answer = api(cast.alice).get(URL, {"after": after})
    assert answer.status_code == 400
    assert answer.json()["errors"]["after"]


def test_anothers_channel_in_a_position_is_400(cast, api):
    after = json.dumps({patient_channel(cast.bob.pk): 0})
    assert api(cast.alice).get(URL, {"after": after}).status_code == 400


def test_whoever_polls_has_been_handed_it(cast, api):
    write(cast.alice, 2)
    write(None, channel=SYSTEM_ALERTS)
    api(cast.alice).get(f"{URL}?channel={patient_channel(cast.alice.pk)}&after=1")
    receipt = Receipt.objects.get()
    assert (receipt.user, receipt.notification.seq) == (cast.alice.user, 2)
    assert receipt.delivered_at
    assert receipt.seen_at is None
    first = receipt.delivered_at
    api(cast.alice).get(URL)
    api(cast.bob).get(URL)
    receipt.refresh_from_db()
    assert receipt.delivered_at == first
    handed = Receipt.objects.filter(delivered_at__isnull=False)
    assert [handed.filter(user=one.user).count() for one in (cast.alice, cast.bob)] == [3, 0]


def test_whoever_only_asks_whether_there_is_a_list_was_handed_nothing(cast, api):
    write(cast.alice)
    api(cast.alice).head(URL)
    api(cast.alice).get(f"{URL}/heads")
    assert not Receipt.objects.exists()
