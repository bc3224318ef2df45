"""What a release adds to the example reaches who has the example, and nobody who has made the rules their own."""

import logging

import pytest
from django.apps import apps

from prescriptions import loading
from prescriptions.checking import check
from prescriptions.models import InteractionRule, RuleSet
from prescriptions.rule_store import from_database, store
from prescriptions.rules_seed.load import EXAMPLE, bring_what_is_new, seed_tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]
CODE = "onc-11-statins-other-cyp3a4"


@pytest.fixture
def older(rules, monkeypatch):
    """An installation from before the rule; what it is checked by is of this test only, as its version is not."""
    monkeypatch.setattr(loading, "_kept", {})
    tables = seed_tables()
    store({**tables, "interactions": {code: row for code, row in tables["interactions"].items() if code != CODE}})


def test_it_is_one_more_version_that_says_what_came_and_is_found_at_once(older):
    assert check(["simvastatin", "verapamil"]).status == "clear"
    bring_what_is_new(apps)
    assert from_database() == seed_tables()
    newest = RuleSet.objects.in_force().first()
    assert (newest.version, newest.source, newest.label, newest.made_by) == (2, EXAMPLE, EXAMPLE, None)
    assert [(one["key"], one["kind"]) for one in newest.changes] == [(CODE, "added")]
    assert check(["simvastatin", "verapamil"]).alerts[0].severity == "contraindicated"


def test_a_second_time_and_a_new_installation_bring_nothing(older):
    for _ in range(2):
        bring_what_is_new(apps)
    assert RuleSet.objects.count() == 2


def test_the_release_after_it_is_brought_as_well(older):
    bring_what_is_new(apps)
    rules = {code: row for code, row in seed_tables()["allergies"].items() if code != "allergy-cox-2-nsaid"}
    store({**seed_tables(), "allergies": rules})
    bring_what_is_new(apps)
    assert RuleSet.objects.count() == 3


def own_change(cast):
    with RuleSet.change(by=cast.admin, source="Local board"):
        InteractionRule.objects.get(code="metformin-alcohol").delete()


def approval(cast):
    RuleSet.objects.get().approve(by=cast.admin)


@pytest.mark.parametrize("act", [own_change, approval])
def test_rules_that_were_changed_or_approved_stay_as_they_are_and_the_log_says_so(cast, older, act, caplog):
    act(cast)
    before, versions = from_database(), RuleSet.objects.count()
    with caplog.at_level(logging.WARNING):
        bring_what_is_new(apps)
    assert (from_database(), RuleSet.objects.count()) == (before, versions)
    assert "they stay as they are" in caplog.text


def test_without_a_rule_set_none_is_brought():
    RuleSet.objects.all().delete()
    bring_what_is_new(apps)
    assert not RuleSet.objects.exists()
