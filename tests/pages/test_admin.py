"""The administration: searchable and filterable, and nothing in it goes around a rule."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.channels import SYSTEM_ALERTS
from prescriptions.models import Prescription
from tests.appointments.making import in_status, requested
from tests.labs.making import ordered, recorded
from tests.prescriptions.test_issue import ORDER

pytestmark = pytest.mark.django_db
MODELS = [
    "accounts/user",
    "accounts/doctor",
    "accounts/patient",
    "appointments/appointment",
    "prescriptions/prescription",
    "labs/labresult",
    "labs/laborder",
    "labs/labfollowup",
    "notifications/notification",
    "notifications/alert",
]
SETTINGS = ["appointments/visitkind", "appointments/availabilityrule", "appointments/absence"]
"""What an administrator edits by hand."""


@pytest.fixture
def admin(cast, signed_in):
    requested(cast)
    Prescription.issue(by=cast.smith.user, patient=cast.alice, **ORDER)
    ordered(cast)
    result = recorded(cast, patient=cast.alice, critical=True)
    result.review_with(by=cast.smith.user, notes="Called.", monitor_until=timezone.localdate() + timedelta(days=7))
    return signed_in(cast.admin)


@pytest.mark.parametrize("model", MODELS + SETTINGS)
def test_every_model_is_listed_and_searched(admin, model):
    for query in ("", "?q=alice", "?q=%00", "?q=" + "x" * 500):
        assert admin.get(f"/admin/{model}/{query}").status_code == 200


@pytest.mark.parametrize("model", MODELS[3:])
def test_what_is_on_record_is_neither_changed_nor_deleted_by_hand(admin, model):
    from django.apps import apps

    thing = apps.get_model(*model.split("/")).objects.first()
    page = admin.get(f"/admin/{model}/{thing.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert admin.post(f"/admin/{model}/{thing.pk}/change/", {}).status_code == 403
    assert admin.post(f"/admin/{model}/{thing.pk}/delete/", {"post": "yes"}).status_code == 403


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
