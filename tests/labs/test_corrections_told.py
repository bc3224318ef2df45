"""A correction reaches everyone who saw the old value, and nobody else; no alert is left or lost by it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labs.models import LabResult
from labs.seen import everyone_who_saw_before, keep_view, when_opened
from notifications.channels import admin_channel, doctor_channel, patient_channel
from notifications.models import Alert
from notifications.writing import write_and_publish
from tests.appointments.making import requested
from tests.labs.making import recorded

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "Haemolysed sample"}
GONE = {"result_data": {"Potassium": "4.1"}, "critical": False, **WHY}


def told(outbox, kind="lab_result_available"):
    return sorted(sent["channel"] for sent in outbox if sent["type"] == kind)


def channels_always(cast):
    return sorted([doctor_channel(cast.smith.pk), patient_channel(cast.bob.pk)])


def test_the_ordering_doctor_and_the_patient_are_told_always(cast, outbox):
    old = recorded(cast)
    outbox.clear()
    new = old.correct(by=cast.admin, **WHY)
    assert told(outbox) == channels_always(cast)
    sent = next(sent for sent in outbox if sent["type"] == "lab_result_available")
    assert (sent["result_id"], sent["corrects"], sent["status"]) == (str(new.pk), str(old.pk), "corrected")
    assert (sent["reviewed"], sent["link"]) == (False, new.get_absolute_url())


def test_who_opened_its_page_or_fetched_it_is_told_on_their_own_channel(cast, outbox, signed_in, api):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    old = recorded(cast)
    signed_in(cast.brown).get(old.get_absolute_url())
    api(cast.admin).get(f"/api/v1/lab-results/{old.pk}")
    outbox.clear()
    old.correct(by=cast.smith.user, **WHY)
    assert told(outbox) == sorted([*channels_always(cast), doctor_channel(cast.brown.pk), admin_channel(cast.admin.pk)])


@pytest.mark.parametrize(
    "page", ["/patients/{patient}/", "/lab-results/trends/{patient}/", "/lab-results/trends/{patient}/2823-3/"]
)
def test_who_read_it_on_a_page_about_its_patient_is_told(cast, outbox, signed_in, page):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    old = recorded(cast)
    answer = signed_in(cast.brown).get(page.format(patient=cast.bob.pk))
    assert "5.0 (repeated)" in answer.content.decode()
    outbox.clear()
    old.correct(by=cast.smith.user, **WHY)
    assert told(outbox) == sorted([*channels_always(cast), doctor_channel(cast.brown.pk)])


def test_who_read_it_as_the_value_before_a_newer_one_is_told(cast, outbox, signed_in):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    old, newer = recorded(cast), recorded(cast)
    signed_in(cast.brown).get(newer.get_absolute_url())
    outbox.clear()
    old.correct(by=cast.smith.user, **WHY)
    assert told(outbox) == sorted([*channels_always(cast), doctor_channel(cast.brown.pk)])


def test_what_a_patient_read_in_passing_they_have_not_opened(cast, signed_in):
    result = recorded(cast)
    client = signed_in(cast.bob)
    assert "5.0 (repeated)" in client.get("/").content.decode()
    assert when_opened(result, by=cast.bob.pk) is None
    assert cast.bob.pk in everyone_who_saw_before(result.correct(by=cast.smith.user, **WHY))
    client.get(result.get_absolute_url())
    assert when_opened(result, by=cast.bob.pk) is not None


def test_who_could_have_looked_but_did_not_is_not_told(cast, outbox, signed_in):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    old = recorded(cast)
    signed_in(cast.brown).get("/lab-results/")
    outbox.clear()
    old.correct(by=cast.smith.user, **WHY)
    assert told(outbox) == channels_always(cast)


def test_the_stranger_who_was_refused_its_page_is_not_told(cast, outbox, signed_in):
    old = recorded(cast)
    assert signed_in(cast.charlie).get(old.get_absolute_url()).status_code == 404
    outbox.clear()
    old.correct(by=cast.admin, **WHY)
    assert told(outbox) == channels_always(cast)


def test_whom_its_alert_reached_is_told_though_they_never_opened_it(cast, outbox):
    old = recorded(cast, critical=True)
    message = {"type": "critical_lab_result"}
    write_and_publish([(doctor_channel(cast.brown.pk), message, "critical")], link=None, alert=Alert.objects.get())
    outbox.clear()
    old.correct(by=cast.admin, **GONE)
    assert told(outbox) == sorted([*channels_always(cast), doctor_channel(cast.brown.pk)])


def test_its_reviewer_has_seen_it_too(cast):
    old = recorded(cast)
    old.review_with(by=cast.smith.user)
    assert everyone_who_saw_before(old.correct(by=cast.admin, **WHY)) == {cast.smith.pk}


def test_who_saw_the_first_version_is_told_of_the_second_correction(cast, outbox):
    first = recorded(cast)
    keep_view(first, by=cast.brown.user)
    second = first.correct(by=cast.admin, **WHY)
    outbox.clear()
    second.correct(by=cast.admin, reason="Once more")
    assert doctor_channel(cast.brown.pk) in told(outbox)


def test_who_saw_it_may_read_what_superseded_it_and_nothing_more(cast, signed_in):
    old = recorded(cast)
    keep_view(old, by=cast.brown.user)
    new = old.correct(by=cast.admin, **WHY)
    assert list(LabResult.objects.visible_to(cast.brown.user)) == [new]
    assert signed_in(cast.brown).get(new.get_absolute_url()).status_code == 200
    assert list(LabResult.objects.visible_to(cast.charlie.user)) == []


def test_a_deactivated_viewer_is_not_told(cast, outbox):
    old = recorded(cast)
    keep_view(old, by=cast.brown.user)
    cast.brown.user.is_active = False
    cast.brown.user.save()
    outbox.clear()
    old.correct(by=cast.admin, **WHY)
    assert told(outbox) == channels_always(cast)


@pytest.mark.parametrize("verb, status", [("correct", "corrected"), ("cancel", "cancelled")])
def test_an_open_alert_is_closed_by_what_takes_the_values_place(cast, verb, status):
    old = recorded(cast, critical=True)
    getattr(old, verb)(by=cast.admin, **(GONE if verb == "correct" else WHY))
    alert = Alert.objects.get()
    assert (alert.subject_id, alert.closing_action, alert.closed_by) == (old.pk, status, cast.admin)


def test_a_correction_that_is_critical_too_goes_on_with_the_open_alert(cast, outbox):
    old = recorded(cast, critical=True)
    outbox.clear()
    new = old.correct(by=cast.admin, **WHY)
    alert = Alert.objects.get()
    assert (alert.closed_at, alert.link) == (None, new.get_absolute_url())
    assert list(alert.parts.values_list("subject_id", "answer")) == [(old.pk, "corrected"), (new.pk, "")]
    assert told(outbox, "critical_lab_result") == [doctor_channel(cast.smith.pk)]


def test_a_correction_that_becomes_critical_alarms_the_doctor(cast, outbox):
    new = recorded(cast).correct(by=cast.admin, critical=True, **WHY)
    assert Alert.objects.get(closed_at=None).subject_id == new.pk
    assert told(outbox, "critical_lab_result") == [doctor_channel(cast.smith.pk)]


def test_a_refused_correction_tells_nobody_and_leaves_the_alert(cast, outbox):
    old = recorded(cast, critical=True)
    outbox.clear()
    with pytest.raises(Exception, match="Say why"):
        old.correct(by=cast.admin, reason="")
    assert outbox == []
    assert Alert.objects.filter(closed_at=None).exists()


def test_how_many_saw_it_costs_no_query_more(cast):
    few, many = recorded(cast), recorded(cast)
    for person in (cast.brown, cast.trainee, cast.alice, cast.charlie):
        keep_view(many, by=person.user)
    with CaptureQueriesContext(connection) as first:
        few.correct(by=cast.admin, **WHY)
    with CaptureQueriesContext(connection) as second:
        many.correct(by=cast.admin, **WHY)
    takes = [query for query in second.captured_queries if "notifications_stream" in query["sql"][:60]]
    assert len(second) - len(takes) <= len(first) + 1
