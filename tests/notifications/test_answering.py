"""An acknowledgement and an action are two facts; an alert closes when both are there, in either order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.refusals import NotAllowed
from labs.models import LabResult
from notifications import ladder
from notifications.alerts import acknowledge, record_call
from notifications.channels import admin_channel, doctor_channel
from notifications.dispatch import close_alert
from notifications.models import Alert, CallLogEntry, Cover, OnCall
from tests.cast import make_doctor
from tests.labs.making import recorded
from tests.notifications.test_ladder import in_force, told

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/notifications/alerts/"


@pytest.fixture
def alert(cast, outbox):
    assert cast.admin
    recorded(cast, critical=True)
    return Alert.objects.get()


def facts(alert):
    """Who acknowledged, who closed it and how."""
    alert.refresh_from_db()
    return alert.acknowledged_by, alert.closed_by, alert.closing_action


def notification_for(alert, doctor):
    return alert.notifications.get(stream=doctor_channel(doctor.pk))


# --- one before the other ------------------------------------------------------------------------------------


def test_not_reached_is_an_action_and_no_acknowledgement_so_the_ladder_goes_on(cast, alert):
    record_call(alert, by=cast.smith.user, outcome="not_reached")
    assert facts(alert) == (None, None, "")
    assert alert.deadline == alert.opened_at + timedelta(minutes=15)
    ladder.escalate_due(alert.opened_at + timedelta(minutes=15))
    assert admin_channel(cast.admin.pk) in told(alert)


def test_with_the_action_there_the_acknowledgement_closes_it(cast, alert):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    ladder.escalate_due(alert.opened_at + timedelta(minutes=15))
    record_call(alert, by=cast.smith.user, outcome="not_reached")
    acknowledge(alert, by=cast.brown.user, note="7.1")
    assert facts(alert) == (cast.brown.user, cast.brown.user, "not_reached")
    assert ladder.escalate_due(alert.opened_at + timedelta(hours=2)) == 0


@pytest.mark.parametrize("outcome", CallLogEntry.Outcome.values)
def test_with_the_acknowledgement_there_any_call_closes_it(cast, alert, outcome):
    acknowledge(alert, by=cast.smith.user)
    assert facts(alert) == (cast.smith.user, None, "")
    record_call(alert, by=cast.smith.user, outcome=outcome)
    assert facts(alert) == (cast.smith.user, cast.smith.user, outcome)


@pytest.mark.parametrize("outcome", ["reached", "read_back"])
def test_who_spoke_to_somebody_has_done_both(cast, alert, outcome):
    record_call(alert, by=cast.smith.user, outcome=outcome)
    assert facts(alert) == (cast.smith.user, cast.smith.user, outcome)


def test_the_review_of_the_doctor_it_has_reached_is_both(cast, alert):
    LabResult.objects.get().review_with(by=cast.smith.user, notes="Called.")
    assert facts(alert) == (cast.smith.user, cast.smith.user, "reviewed")


def test_an_action_on_the_result_by_somebody_it_has_not_reached_waits_for_an_acknowledgement(cast, alert):
    close_alert(alert.kind, alert.subject_id, by=cast.admin, action="reviewed")
    assert facts(alert) == (None, None, "")
    acknowledge(alert, by=cast.smith.user)
    assert facts(alert) == (cast.smith.user, cast.smith.user, "reviewed")


def test_a_call_from_before_the_newest_value_is_no_action_on_that(cast, alert):
    record_call(alert, by=cast.smith.user, outcome="not_reached")
    recorded(cast, critical=True)
    acknowledge(alert, by=cast.smith.user)
    assert facts(alert) == (cast.smith.user, None, "")


def test_both_at_once_close_it_once(cast, alert):
    together = threading.Barrier(2)

    def run(verb, **kwargs):
        try:
            together.wait(5)
            verb(alert, by=cast.smith.user, **kwargs)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(run, acknowledge), pool.submit(run, record_call, outcome="not_reached")]
        for one in both:
            one.result(20)
    assert facts(alert) == (cast.smith.user, cast.smith.user, "not_reached")
    assert alert.acknowledgements.count() == alert.calls.count() == 1


# --- who may -------------------------------------------------------------------------------------------------


def test_an_administrator_it_has_not_reached_records_a_call_and_acknowledges_nothing(cast, alert):
    for outcome in CallLogEntry.Outcome.values:
        record_call(alert, by=cast.admin, outcome=outcome)
    assert facts(alert) == (None, None, "")
    assert alert.calls.count() == 3
    with pytest.raises(NotAllowed):
        acknowledge(alert, by=cast.admin)


@pytest.mark.parametrize("stranger", ["brown", "bob", "charlie", "laboratory"])
def test_a_stranger_neither_acknowledges_nor_records(cast, alert, stranger):
    person = getattr(cast, stranger)
    with pytest.raises(NotAllowed):
        acknowledge(alert, by=getattr(person, "user", person))
    with pytest.raises(NotAllowed):
        record_call(alert, by=getattr(person, "user", person), outcome="reached")
    assert facts(alert) == (None, None, "")
    assert not alert.calls.exists()


def test_who_covers_but_was_not_told_yet_sees_it_and_records_no_call(cast, alert, signed_in, api):
    in_force(Cover, doctor=cast.smith, covering=cast.brown)
    page = signed_in(cast.brown).get(f"{PAGE}{alert.pk}/")
    assert page.status_code == 200
    assert "Record the call" not in page.content.decode()
    assert signed_in(cast.brown).post(f"{PAGE}{alert.pk}/call/", {"outcome": "reached"}).status_code == 403
    assert api(cast.brown).post(f"/api/v1/alerts/{alert.pk}/call", {"outcome": "reached"}).status_code == 403
    assert not alert.calls.exists()


# --- on the page and over REST -------------------------------------------------------------------------------


def test_the_page_says_that_it_stays_open_and_closes_with_the_acknowledgement(cast, alert, signed_in):
    smith = signed_in(cast.smith)
    page = smith.post(f"{PAGE}{alert.pk}/call/", {"outcome": "not_reached"}, follow=True).content.decode()
    assert "stays open until somebody it has reached acknowledges it" in page
    assert "Bob Wilson" in smith.get(PAGE).content.decode()
    smith.post(f"{PAGE}{alert.pk}/acknowledge/", {"note": "7.1"})
    assert "Bob Wilson" not in smith.get("/notifications/partials/alerts/").content.decode()
    assert facts(alert) == (cast.smith.user, cast.smith.user, "not_reached")


def test_over_rest_a_call_and_then_the_acknowledgement(cast, alert, api):
    smith = api(cast.smith)
    answer = smith.post(f"/api/v1/alerts/{alert.pk}/call", {"outcome": "not_reached", "note": "Voice mail"})
    assert answer.status_code == 201
    assert (answer.json()["closed"], answer.json()["acknowledged_by"]) == (False, None)
    told_smith = notification_for(alert, cast.smith)
    answer = smith.post(f"/api/v1/notifications/{told_smith.pk}/ack", {"note": "7.1"}).json()
    assert (answer["closed"], answer["closing_action"]) == (True, "not_reached")


def test_over_rest_the_acknowledgement_and_then_a_call(cast, alert, api):
    smith = api(cast.smith)
    told_smith = notification_for(alert, cast.smith)
    assert smith.post(f"/api/v1/notifications/{told_smith.pk}/ack").json()["closed"] is False
    answer = smith.post(f"/api/v1/alerts/{alert.pk}/call", {"outcome": "not_reached"}).json()
    assert (answer["closed"], answer["closing_action"]) == (True, "not_reached")


def test_over_rest_open_alerts_are_listed_to_those_who_see_them(cast, alert, api):
    in_force(OnCall, doctor=make_doctor("dr.night@example.com", "Nora", "Night", "L-1009"))
    (listed,) = api(cast.smith).get("/api/v1/alerts").json()["results"]
    assert (listed["alert_id"], listed["summary"]) == (
        str(alert.pk),
        "Potassium 7.1 mmol/L, critical high (3.5 to 5.1, critical above 6.1)",
    )
    assert (listed["acknowledged_by"], listed["closed"]) == (None, False)
    assert len(api(cast.admin).get("/api/v1/alerts").json()["results"]) == 1
    for stranger in (cast.brown, cast.bob, cast.charlie):
        assert api(stranger).get("/api/v1/alerts").json()["results"] == []
        assert api(stranger).post(f"/api/v1/alerts/{alert.pk}/call", {"outcome": "reached"}).status_code == 404
    acknowledge(alert, by=cast.smith.user)
    record_call(alert, by=cast.smith.user, outcome="reached")
    assert api(cast.smith).get("/api/v1/alerts").json()["results"] == []


@pytest.mark.parametrize("body", [{}, {"outcome": "asleep"}, {"outcome": "reached", "note": "x" * 2001}])
def test_over_rest_a_call_that_says_nothing_is_bad_input(cast, alert, api, body):
    assert api(cast.smith).post(f"/api/v1/alerts/{alert.pk}/call", body).status_code == 400
    assert not alert.calls.exists()


@pytest.mark.parametrize("pk", ["x", "0", "7b1c1a52-9f53-4d83-8dc5-0f8b4c9c6f10"])
def test_over_rest_a_call_about_nothing_is_404(cast, alert, api, pk):
    assert api(cast.smith).post(f"/api/v1/alerts/{pk}/call", {"outcome": "reached"}).status_code == 404
