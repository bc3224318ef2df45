"""The administration: searchable and filterable, and nothing in it goes around a rule."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import Absence
from notifications.alerts import record_call
from notifications.channels import SYSTEM_ALERTS, doctor_channel
from notifications.models import Alert, Cover, Notification, OnCall
from notifications.receipts import mark
from notifications.writing import write_and_publish
from prescriptions.models import Prescription
from tests.appointments.making import in_status, requested
from tests.appointments.opening import office_hours
from tests.labs.making import ordered, recorded
from tests.prescriptions.test_issue import ORDER

pytestmark = pytest.mark.django_db
SET_BY_HAND = [
    "accounts/user",
    "accounts/doctor",
    "accounts/patient",
    "notifications/ladderstep",
    "notifications/cover",
    "notifications/oncall",
    "appointments/visitkind",
    "appointments/availabilityrule",
    "appointments/absence",
    "labs/analyte",
    "labs/panel",
]
ON_RECORD = [
    "appointments/appointment",
    "prescriptions/prescription",
    "labs/labresult",
    "labs/laborder",
    "labs/labfollowup",
    "labs/limitband",
    "notifications/notification",
    "notifications/alert",
]
MODELS = SET_BY_HAND + ON_RECORD


@pytest.fixture
def admin(cast, signed_in):
    now = timezone.now()
    Cover.objects.create(doctor=cast.smith, covering=cast.brown, begins=now, ends=now + timedelta(hours=8))
    OnCall.objects.create(doctor=cast.brown, begins=now, ends=now + timedelta(hours=8))
    office_hours(cast.smith)
    Absence.objects.create(doctor=cast.brown, begins=now, ends=now + timedelta(hours=8))
    requested(cast)
    Prescription.issue(by=cast.smith.user, patient=cast.alice, **ORDER)
    ordered(cast)
    result = recorded(cast, patient=cast.alice, critical=True)
    result.review_with(by=cast.smith.user, notes="Called.", monitor_until=timezone.localdate() + timedelta(days=7))
    return signed_in(cast.admin)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_listed_and_searched(admin, model):
    for query in ("", "?q=alice", "?q=%00", "?q=" + "x" * 500):
        assert admin.get(f"/admin/{model}/{query}").status_code == 200


@pytest.mark.parametrize("model", ON_RECORD)
def test_what_is_on_record_is_neither_changed_nor_deleted_by_hand(admin, model):
    from django.apps import apps

    thing = apps.get_model(*model.split("/")).objects.first()
    page = admin.get(f"/admin/{model}/{thing.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert admin.post(f"/admin/{model}/{thing.pk}/change/", {}).status_code == 403
    assert admin.post(f"/admin/{model}/{thing.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", SET_BY_HAND)
def test_what_the_clinic_sets_by_hand_opens_to_be_changed(admin, model):
    from django.apps import apps

    thing = apps.get_model(*model.split("/")).objects.first()
    page = admin.get(f"/admin/{model}/{thing.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' in page.content.decode()


def page_of_the_alert(admin):
    return unescape(admin.get(f"/admin/notifications/alert/{Alert.objects.get().pk}/change/").content.decode())


def test_an_alert_shows_who_took_it_on_and_who_called(cast, admin):
    alert = Alert.objects.get()
    record_call(alert, by=cast.smith.user, outcome="read_back", note="Comes in now")
    page = page_of_the_alert(admin)
    for fact in ("Acknowledgements", "jane smith", "reviewed", "comes in now", "reached and read back"):
        assert fact.lower() in page.lower()


def test_an_alert_shows_who_was_told_and_whether_it_was_delivered_and_seen(cast, admin):
    (told,) = Notification.objects.filter(alert=Alert.objects.get())
    assert "not yet" in page_of_the_alert(admin)
    mark("delivered_at", [(told.pk, cast.smith.pk)], datetime(2026, 11, 3, 9, 30, 5, tzinfo=UTC))
    mark("seen_at", [(told.pk, cast.smith.pk)], datetime(2026, 11, 3, 9, 31, 6, tzinfo=UTC))
    page = page_of_the_alert(admin)
    assert told.stream_id in page
    assert "Jane Smith, 3 Nov 2026 09:30:05" in page
    assert "Jane Smith, 3 Nov 2026 09:31:06" in page


def test_many_who_were_told_cost_no_query_more(cast, admin):
    alert = Alert.objects.get()
    mark("seen_at", [(alert.notifications.get().pk, cast.smith.pk)])

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page_of_the_alert(admin)
        return len(asked)

    few = queries()
    for number in range(5):
        (row,) = write_and_publish(
            [(doctor_channel(f"{number}"), {"type": "test"}, "critical")], link=None, alert=alert
        )
        mark("seen_at", [(row.pk, cast.smith.pk)])
    assert queries() <= few


def act(admin, action, *appointments):
    answer = admin.post(
        "/admin/appointments/appointment/",
        {"action": action, "_selected_action": [str(one.pk) for one in appointments]},
        follow=True,
    )
    return answer.content.decode()


@pytest.mark.parametrize(
    "before, action, after",
    [
        ("requested", "confirm", "confirmed"),
        ("confirmed", "start", "in_progress"),
        ("in_progress", "complete", "completed"),
        ("confirmed", "cancel", "cancelled"),
    ],
)
def test_status_actions_are_the_appointments_own_verbs(cast, admin, before, action, after):
    appointment = in_status(cast, before)
    act(admin, action, appointment)
    appointment.refresh_from_db()
    assert appointment.status == after
    assert appointment.history.latest("at", "id").by == cast.admin


def test_an_action_that_a_rule_forbids_says_why_and_the_others_go_through(cast, admin):
    done, fresh = in_status(cast, "completed"), requested(cast)
    page = act(admin, "confirm", done, fresh)
    assert "is completed, so it cannot become confirmed" in page
    assert "1 confirmed" in page
    done.refresh_from_db()
    assert done.status == "completed"


def test_a_result_is_recorded_through_the_page_that_everyone_uses(admin):
    assert admin.get("/admin/labs/labresult/add/").url == "/lab-results/new/"


@pytest.mark.django_db(transaction=True)
def test_an_administrator_tells_everyone(admin, outbox):
    answer = admin.post("/admin/notifications/notification/announce/", {"severity": "warning", "message": "At noon"})
    assert answer.status_code == 302
    (sent,) = outbox
    assert (sent["channel"], sent["severity"], sent["message"]) == (SYSTEM_ALERTS, "warning", "At noon")


@pytest.mark.parametrize("message", ["", " ", "x" * 1001, "a\x00"])
def test_an_announcement_that_says_nothing_is_refused(admin, outbox, message):
    page = admin.post("/admin/notifications/notification/announce/", {"severity": "info", "message": message})
    assert page.status_code == 200
    assert outbox == []


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("who", ["alice", "smith", "charlie"])
def test_the_administration_is_for_administrators(cast, signed_in, who, model):
    assert signed_in(getattr(cast, who)).get(f"/admin/{model}/").status_code == 302
