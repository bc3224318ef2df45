"""Where WebSockets are blocked, a page asks over HTTP, with the same numbers and with its own cookie."""

import pytest
from django.test import Client

from notifications.channels import SYSTEM_ALERTS, doctor_channel
from tests.appointments.making import requested
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db
HEADS, LIST = "/api/v1/notifications/heads", "/api/v1/notifications"


def test_the_heads_are_those_of_ready(cast, api):
    requested(cast)
    recorded(cast, critical=True)
    assert api(cast.smith).get(HEADS).json() == {
        "user_id": str(cast.smith.pk),
        "channels": {doctor_channel(cast.smith.pk): 2, SYSTEM_ALERTS: 0},
        "unread_count": 2,
        "open_alerts": 1,
    }


def test_a_page_reads_them_and_what_follows_with_its_cookie(cast, signed_in):
    requested(cast)
    page = signed_in(cast.smith)
    (channel,) = [name for name, head in page.get(HEADS).json()["channels"].items() if head]
    (row,) = page.get(LIST, {"channel": channel, "after": 0}).json()["results"]
    assert row["type"] == "appointment_requested"


def test_the_cookie_opens_nothing_else_of_the_api(cast, signed_in):
    page = signed_in(cast.smith)
    recorded(cast, critical=True)
    notification = page.get(LIST).json()["results"][0]["id"]
    for path in ("lab-results", "patients", "appointments", "prescriptions"):
        assert page.get(f"/api/v1/{path}").status_code == 401
    for verb in ("ack", "seen"):
        assert page.post(f"/api/v1/notifications/{notification}/{verb}").status_code == 401


@pytest.mark.parametrize("path", [HEADS, LIST])
def test_it_only_reads(cast, signed_in, path):
    assert signed_in(cast.smith).post(path, {}).status_code == 405


@pytest.mark.parametrize("path", [HEADS, LIST])
def test_nobody_and_who_has_signed_out_get_401(cast, signed_in, path):
    assert Client().get(path).status_code == 401
    page = signed_in(cast.smith)
    page.post("/account/sign-out/")
    assert page.get(path).status_code == 401


def test_who_was_deactivated_gets_401(cast, signed_in):
    page = signed_in(cast.brown)
    cast.brown.user.is_active = False
    cast.brown.user.save()
    assert page.get(HEADS).status_code == 401


def test_the_strangers_channel_is_not_there(cast, signed_in):
    channel = doctor_channel(cast.smith.pk)
    assert channel not in signed_in(cast.brown).get(HEADS).json()["channels"]
    assert signed_in(cast.brown).get(LIST, {"channel": channel, "after": 0}).status_code == 404


def test_it_costs_few_questions_however_much_there_is(cast, signed_in, django_assert_max_num_queries):
    for _ in range(5):
        requested(cast)
    page = signed_in(cast.smith)
    with django_assert_max_num_queries(8):
        page.get(HEADS)
