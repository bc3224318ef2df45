"""What a re-check cannot check any longer is told as well: a drug, an allergy, the rules themselves."""

import pytest

from notifications.models import Notification
from prescriptions.models import (
    Allergy,
    AllergyRule,
    Drug,
    DrugClass,
    DrugName,
    DuplicateRule,
    Ingredient,
    InteractionRule,
    KnownAlert,
    RuleSet,
)
from prescriptions.rechecking import recheck
from tests.appointments.making import requested
from tests.prescriptions.answering import prescribe
from tests.prescriptions.test_issue import issued
from tests.prescriptions.test_rechecking import allergic

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


def told():
    """(medication, severity, alerts, not checked) of each notification, in order of time."""
    rows = Notification.objects.filter(type="prescription_alert").order_by("created_at", "body__medication")
    keys = ("medication", "severity", "alerts", "not_checked")
    return [tuple(row.body[key] for key in keys) for row in rows]


def gone(cast, model, **which):
    with RuleSet.change(by=cast.admin, source="Local board"):
        for row in model.objects.filter(**which):
            row.delete()


def lost(*models):
    """Past the refusals: in the database itself, or by an older release."""
    for model in models:
        model.objects.all().delete()
    RuleSet(version=2, source="By hand").save()


@pytest.mark.parametrize("model", [DuplicateRule, AllergyRule])
def test_rules_that_nothing_is_checked_without_and_that_were_lost_are_told_once(cast, model):
    issued(cast, medication="metformin")
    recheck(cast.alice.pk)
    lost(model)
    assert [recheck(cast.alice.pk), recheck(cast.alice.pk)] == [1, 0]
    assert told() == [("metformin", None, 0, 1)]


def no_rule_set(monkeypatch):
    monkeypatch.setattr("prescriptions.checking.rule_book", lambda: None)


def test_an_allergy_without_a_code_is_told_once(cast):
    issued(cast, medication="amoxicillin")
    allergic(cast, "grandmother's tea")
    assert [recheck(cast.alice.pk) for _ in range(3)] == [1, 0, 0]
    assert told() == [("amoxicillin", None, 0, 1)]


def test_it_is_told_to_everybody_who_prescribed_something(cast):
    issued(cast, medication="amoxicillin")
    issued(cast, medication="ibuprofen")
    issued(cast, doctor=cast.brown, medication="metformin")
    allergic(cast, "grandmother's tea")
    recheck(cast.alice.pk)
    assert told() == [("ibuprofen", None, 0, 1), ("metformin", None, 0, 1)]


def test_who_prescribed_with_the_gap_in_view_is_not_told_of_it_and_who_had_not_seen_it_is(cast):
    issued(cast, medication="amoxicillin")
    allergic(cast, "grandmother's tea")
    issued(cast, doctor=cast.brown, medication="metformin")  # before the worker came to it
    recheck(cast.alice.pk)
    assert told() == [("amoxicillin", None, 0, 1)]


def test_a_drug_that_has_left_the_rules_is_told_once(cast):
    issued(cast, medication="Glucophage 500 mg")
    recheck(cast.alice.pk)
    gone(cast, DrugName, name="Glucophage")
    assert [recheck(cast.alice.pk), recheck(cast.alice.pk)] == [1, 0]
    assert told() == [("Glucophage 500 mg", None, 0, 1)]


def test_a_drug_that_nobody_knew_when_it_was_prescribed_is_no_news(cast):
    issued(cast, medication="Grandmother's drops")
    assert recheck(cast.alice.pk) == 0
    assert told() == []


def test_of_a_medication_that_was_known_in_part_the_loss_of_another_part_is_news(cast):
    issued(cast, medication="Glucophage + foozine")
    assert recheck(cast.alice.pk) == 0
    gone(cast, DrugName, name="Glucophage")
    assert recheck(cast.alice.pk) == 1


def test_rules_of_a_kind_that_are_all_gone_are_told_once(cast):
    issued(cast, medication="metformin")
    recheck(cast.alice.pk)
    gone(cast, InteractionRule)
    assert [recheck(cast.alice.pk), recheck(cast.alice.pk)] == [1, 0]
    assert told() == [("metformin", None, 0, 1)]


def test_that_the_rule_set_is_missing_is_told_once_and_nothing_is_forgotten(cast, monkeypatch):
    issued(cast, medication="amoxicillin")
    allergic(cast)
    recheck(cast.alice.pk)
    with monkeypatch.context() as missing:
        no_rule_set(missing)
        assert recheck(cast.alice.pk) > 0
        assert recheck(cast.alice.pk) == 0
    assert told()[-1] == ("amoxicillin", None, 0, 2)  # neither the drug nor the allergy
    assert recheck(cast.alice.pk) == 0  # the alert was known, and still is
    assert len(told()) == 2


def test_an_emptied_rule_set_is_a_missing_one(cast):
    issued(cast, medication="metformin")
    lost(InteractionRule, DuplicateRule, AllergyRule, DrugName, Drug, Ingredient, DrugClass)
    assert [recheck(cast.alice.pk), recheck(cast.alice.pk)] == [1, 0]
    assert told() == [("metformin", None, 0, 1)]


def test_what_was_prescribed_without_a_rule_set_is_checked_when_there_is_one(cast, monkeypatch):
    requested(cast)
    allergic(cast, severity="severe")
    with monkeypatch.context() as missing:
        no_rule_set(missing)
        prescribe(cast.smith, cast.alice, "amoxicillin")
    assert recheck(cast.alice.pk) == 1
    assert told() == [("amoxicillin", "contraindicated", 1, 0)]


def test_alerts_and_gaps_are_one_notification_about_what_the_worst_alert_concerns(cast):
    issued(cast, medication="amoxicillin")
    issued(cast, medication="metformin")
    allergic(cast, severity="severe")
    allergic(cast, "grandmother's tea")
    recheck(cast.alice.pk)
    assert told() == [("amoxicillin", "contraindicated", 1, 1)]


def test_a_gap_that_closed_and_came_back_is_news_again(cast):
    issued(cast, medication="amoxicillin")
    allergic(cast, "grandmother's tea").end_now(by=cast.smith.user, reason="Not an allergy")
    recheck(cast.alice.pk)
    assert not KnownAlert.objects.exists()
    Allergy.record(by=cast.smith.user, patient=cast.alice, substance="grandmother's tea")
    assert recheck(cast.alice.pk) == 1
