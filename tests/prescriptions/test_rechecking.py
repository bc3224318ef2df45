"""When allergies or rules change, what is taken is checked again, and the prescriber is told once of what got worse."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from notifications.channels import doctor_channel
from notifications.models import Notification
from prescriptions import rechecking, tasks
from prescriptions.models import Allergy, InteractionRule, KnownAlert, RuleSet
from prescriptions.rechecking import patients_to_recheck, recheck
from prescriptions.statuses import Status
from tests.appointments.making import requested
from tests.prescriptions.answering import answers, prescribe
from tests.prescriptions.test_issue import issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


def told(cast, doctor=None):
    """What the doctor was told by re-checks: (medication, severity, how many)."""
    rows = Notification.objects.filter(type="prescription_alert")
    if doctor:
        rows = rows.filter(stream_id=doctor_channel(doctor.pk))
    return [(row.body["medication"], row.body["severity"], row.body["alerts"]) for row in rows.order_by("created_at")]


def allergic(cast, substance="penicillin", **fields):
    return Allergy.record(by=cast.smith.user, patient=cast.alice, substance=substance, **fields)


def waiting(name):
    """Arguments of the jobs that wait, by the task's name."""
    rows = ProcrastinateJob.objects.filter(task_name=f"prescriptions.tasks.{name}", status="todo").order_by("id")
    return [row.args for row in rows]


def changed(cast, code, **fields):
    with RuleSet.change(by=cast.admin, source="Local board"):
        rule = InteractionRule.objects.get(code=code)
        for name, value in fields.items():
            setattr(rule, name, value)
        rule.save()


def test_a_new_allergy_tells_the_prescriber_once(cast):
    prescription = issued(cast, medication="amoxicillin")
    allergic(cast, severity="severe")
    assert [recheck(cast.alice.pk) for _ in range(3)] == [1, 0, 0]
    assert told(cast, cast.smith) == [("amoxicillin", "contraindicated", 1)]
    row = Notification.objects.get(type="prescription_alert")
    assert row.body["prescription_id"] == str(prescription.pk)
    assert (row.body["patient_name"], row.body["link"]) == ("Alice Johnson", f"/prescriptions/of/{cast.alice.pk}/")


def test_what_the_prescriber_was_shown_at_issue_is_no_news(cast):
    requested(cast)
    allergic(cast, severity="severe")
    prescribe(cast.smith, cast.alice, "amoxicillin", answers(cast.alice, "amoxicillin"))
    assert recheck(cast.alice.pk) == 0
    assert told(cast) == []


def test_each_prescriber_hears_of_their_own_and_nobody_else_of_anything(cast):
    issued(cast, medication="amoxicillin")
    issued(cast, doctor=cast.brown, medication="metformin")
    allergic(cast)
    recheck(cast.alice.pk)
    assert (len(told(cast, cast.smith)), told(cast, cast.brown)) == (1, [])


@pytest.mark.parametrize("status", [Status.STOPPED, Status.COMPLETED, Status.ENTERED_IN_ERROR])
def test_what_is_not_taken_any_longer_is_not_checked(cast, status):
    issued(cast, medication="amoxicillin").advance(status, by=cast.smith.user, reason="Rash")
    allergic(cast)
    assert recheck(cast.alice.pk) == 0


def test_what_is_on_hold_is(cast):
    issued(cast, medication="amoxicillin").hold(by=cast.smith.user, reason="Rash")
    allergic(cast)
    assert recheck(cast.alice.pk) == 1


def test_what_ended_and_came_back_is_news_again(cast):
    issued(cast, medication="amoxicillin")
    first = allergic(cast)
    recheck(cast.alice.pk)
    first.end_now(by=cast.smith.user, reason="Challenge was negative")
    recheck(cast.alice.pk)
    assert not KnownAlert.objects.exists()
    allergic(cast)
    assert recheck(cast.alice.pk) == 1
    assert len(told(cast, cast.smith)) == 2


def test_a_rule_that_becomes_more_severe_is_told_and_a_milder_one_is_not(cast):
    issued(cast, medication="warfarin")
    prescribe(cast.smith, cast.alice, "ibuprofen", answers(cast.alice, "ibuprofen"))
    changed(cast, "warfarin-nsaids", severity="contraindicated")
    assert recheck(cast.alice.pk) == 1
    changed(cast, "warfarin-nsaids", severity="minor")
    assert recheck(cast.alice.pk) == 0
    assert [severity for _, severity, _ in told(cast)] == ["contraindicated"]


def test_two_new_alerts_are_one_notification_with_the_worst(cast):
    issued(cast, medication="amoxicillin")
    issued(cast, medication="ibuprofen")
    allergic(cast, severity="severe")
    allergic(cast, "aspirin")
    recheck(cast.alice.pk)
    ((medication, severity, alerts),) = told(cast, cast.smith)
    assert (medication, severity) == ("amoxicillin", "contraindicated") and alerts >= 2


def test_recording_and_ending_an_allergy_asks_for_a_re_check_of_that_patient(cast):
    requested(cast)
    allergy = allergic(cast)
    allergy.end_now(by=cast.smith.user, reason="Challenge was negative")
    assert waiting("recheck_patient") == [{"patient_id": str(cast.alice.pk)}] * 2
    assert waiting("recheck_everyone") == []


def test_a_new_version_of_the_rules_asks_for_a_re_check_of_everybody(cast):
    before = len(waiting("recheck_everyone"))
    changed(cast, "warfarin-nsaids", severity="contraindicated")
    assert len(waiting("recheck_everyone")) == before + 1


def test_everybody_is_a_page_of_patients_at_a_time(cast, monkeypatch):
    for patient in (cast.alice, cast.bob, cast.charlie):
        issued(cast, patient=patient, medication="amoxicillin")
        Allergy.record(by=cast.smith.user, patient=patient, substance="penicillin")
    issued(cast, medication="ibuprofen").stop(by=cast.smith.user, reason="Pain")
    for module in (rechecking, tasks):
        monkeypatch.setattr(module, "PAGE", 2)
    before = len(waiting("recheck_everyone"))
    tasks.recheck_everyone()
    assert len(told(cast)) == 2
    (following,) = waiting("recheck_everyone")[before:]
    tasks.recheck_everyone(**following)
    assert len(told(cast)) == 3
    assert len(waiting("recheck_everyone")) == before + 1


def test_only_patients_with_something_in_use_are_asked_about(cast):
    issued(cast, medication="amoxicillin").stop(by=cast.smith.user, reason="Rash")
    issued(cast, patient=cast.bob)
    assert patients_to_recheck(None) == [cast.bob.pk]
    assert patients_to_recheck(cast.bob.pk) == []


def test_a_version_that_no_signal_tells_of_is_asked_about_once_within_the_hour(cast):
    before = len(waiting("recheck_everyone"))
    assert RuleSet.objects.get().recheck_asked_at is None  # as a migration brings it
    for _ in range(2):
        tasks.recheck_for_rules_of_today(timestamp=0)
    assert len(waiting("recheck_everyone")) == before + 1
    changed(cast, "warfarin-nsaids", severity="contraindicated")
    tasks.recheck_for_rules_of_today(timestamp=0)
    assert len(waiting("recheck_everyone")) == before + 2


def test_a_rule_that_holds_from_today_on_is_asked_about_today(cast):
    tasks.recheck_for_rules_of_today(timestamp=0)  # the version that the program came with
    before = len(waiting("recheck_everyone"))
    tasks.recheck_for_rules_of_today(timestamp=0)
    assert len(waiting("recheck_everyone")) == before
    changed(cast, "warfarin-nsaids", effective_from=timezone.localdate())
    tasks.recheck_for_rules_of_today(timestamp=0)
    assert len(waiting("recheck_everyone")) == before + 2  # one for the change, one for the day
    changed(cast, "warfarin-nsaids", effective_from=timezone.localdate() - timedelta(days=2))
    tasks.recheck_for_rules_of_today(timestamp=0)
    assert len(waiting("recheck_everyone")) == before + 3


def test_the_doctors_page_of_a_patient_says_what_stands_against_all_of_it(cast, signed_in):
    issued(cast, medication="amoxicillin")
    allergic(cast)
    path = f"/prescriptions/of/{cast.alice.pk}/"
    assert "Alerts" in signed_in(cast.smith).get(path).content.decode()
    assert "All of it together" not in signed_in(cast.alice).get(path).content.decode()


def test_a_patient_takes_as_many_queries_with_many_prescriptions_as_with_one(cast, django_assert_max_num_queries):
    requested(cast)
    for _ in range(6):
        prescribe(cast.smith, cast.alice, "amoxicillin", answers(cast.alice, "amoxicillin"))
    allergic(cast)
    with django_assert_max_num_queries(20):
        recheck(cast.alice.pk)
