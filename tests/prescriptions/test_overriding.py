"""Which alerts stop a prescription, what it takes to go on, and what is kept of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from prescriptions.models import Allergy, InteractionRule, Prescription, PrescriptionFollowUp, RuleSet, ShownAlert
from prescriptions.overriding import Override
from tests.appointments.making import requested
from tests.prescriptions.answering import (
    ANTICOAGULANT,
    MAOI,
    NSAID,
    SSRI,
    answers,
    prescribe,
    recorded,
    rows,
    stopped,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


@pytest.fixture
def smith(cast):
    requested(cast)
    return cast.smith


def test_what_is_clear_is_issued_with_its_check(cast, smith):
    kept = recorded(prescribe(smith, cast.alice, "paracetamol 500 mg"))
    assert (kept.status, kept.rule_set_id, kept.by, kept.patient) == ("clear", 1, smith.user, cast.alice)
    assert [one["text"] for one in kept.found["medications"]] == ["paracetamol 500 mg"]
    assert not ShownAlert.objects.exists()


def test_what_cannot_be_checked_informs_and_is_recorded(cast, smith):
    kept = recorded(prescribe(smith, cast.alice, "Grandmother's drops"))
    assert kept.status == "not_checked"
    assert kept.found["not_checked"][0]["medication"] == "Grandmother's drops"


def test_without_a_rule_set_it_is_recorded_as_not_checked(cast, smith):
    RuleSet.objects.all().delete()
    kept = recorded(prescribe(smith, cast.alice, MAOI))
    assert (kept.status, kept.rule_set_id) == ("not_checked", None)


def test_a_moderate_alert_informs_and_is_recorded(cast, smith):
    prescribe(smith, cast.alice, "lisinopril 10 mg")
    prescribe(smith, cast.alice, "potassium chloride")
    assert rows() == [("potassium chloride", "moderate", "informed")]


def test_a_major_alert_stops_and_needs_a_reason(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    stop = stopped(smith, cast.alice, NSAID)
    assert stop.code == "override_needed"
    assert "Alice Johnson" in stop.detail
    assert Prescription.objects.count() == 1
    overrides = answers(cast.alice, NSAID, "tolerated_before", "")
    prescription = prescribe(smith, cast.alice, NSAID, overrides)
    (row,) = recorded(prescription).shown
    assert (row.outcome, row.reason, row.rule) == ("overridden", "tolerated_before", "warfarin-nsaids")


def test_a_contraindication_needs_a_note_beside_the_reason(cast, smith):
    prescribe(smith, cast.alice, MAOI)
    stopped(smith, cast.alice, SSRI)
    for note in ("", "  ", "\u200b", ".", "- -"):
        with pytest.raises(ValidationError, match="write a note"):
            prescribe(smith, cast.alice, SSRI, answers(cast.alice, SSRI, note=note))
    (row,) = recorded(prescribe(smith, cast.alice, SSRI, answers(cast.alice, SSRI, note=" After washout "))).shown
    assert (row.severity, row.note) == ("contraindicated", "After washout")


def test_an_alert_between_what_the_patient_has_already_stops_nothing_new(cast, smith):
    prescribe(smith, cast.alice, MAOI)
    prescribe(smith, cast.alice, SSRI, answers(cast.alice, SSRI))
    prescription = prescribe(smith, cast.alice, "paracetamol 500 mg")
    assert [(row.outcome, row.is_new) for row in recorded(prescription).shown] == [("informed", False)]


def test_an_override_is_for_the_alert_that_was_shown_and_a_new_one_asks_again(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    overrides = answers(cast.alice, NSAID)
    Allergy.record(by=cast.admin, patient=cast.alice, substance="aspirin")
    stop = stopped(smith, cast.alice, NSAID, overrides)
    assert [alert.kind for alert in stop.missing] == ["allergy"]
    assert {alert.kind for alert in stop.check.alerts} == {"allergy", "interaction"}


def test_new_rules_ask_again(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    overrides = answers(cast.alice, NSAID)
    with RuleSet.change(by=cast.admin, source="Local board"):
        rule = InteractionRule.objects.get(code="warfarin-nsaids")
        rule.severity = "contraindicated"
        rule.save()
    with pytest.raises(ValidationError, match="Look at the check again"):
        prescribe(smith, cast.alice, NSAID, overrides)
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Together they killed three of four in the new trial."},
        {"source": "Local board 2026"},
        {"code": "our-own"},
    ],
)
def test_an_override_is_for_the_words_that_were_read(cast, smith, change):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    overrides = answers(cast.alice, NSAID)
    with RuleSet.change(by=cast.admin, source="Local board"):
        rule = InteractionRule.objects.get(code="warfarin-nsaids")
        for name, value in change.items():
            setattr(rule, name, value)
        rule.save()
    with pytest.raises(ValidationError, match="Look at the check again"):
        prescribe(smith, cast.alice, NSAID, overrides)
    prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID))


def test_another_rule_that_speaks_of_the_same_asks_again_however_mild(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    overrides = answers(cast.alice, NSAID)
    with RuleSet.change(by=cast.admin, source="Local board"):
        rule = InteractionRule.objects.get(code="warfarin-nsaids")
        rule.pk, rule.code, rule.severity, rule.description = None, "zz-mild", "minor", "A word more."
        rule._state.adding = True
        rule.save()
    with pytest.raises(ValidationError, match="Look at the check again"):
        prescribe(smith, cast.alice, NSAID, overrides)


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"reason": "because"}, "give a reason"),
        ({"reason": ""}, "give a reason"),
        ({"reason": "other", "note": ""}, "which other reason"),
        ({"reason": "other", "note": "\u200b."}, "which other reason"),
        ({"note": "x" * 501}, "500 characters"),
        ({"note": "a\x00"}, "control characters"),
        ({"monitor_until": timezone.localdate() + timedelta(days=3)}, "will_monitor"),
        ({"reason": "will_monitor", "monitor_until": timezone.localdate()}, "from tomorrow"),
        ({"reason": "will_monitor", "monitor_until": timezone.localdate() + timedelta(days=800)}, "two years"),
    ],
)
def test_an_answer_that_does_not_fit_issues_nothing(cast, smith, changes, problem):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    with pytest.raises(ValidationError, match=problem) as error:
        prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID, **changes))
    assert list(error.value.message_dict) == ["overrides"]
    assert (Prescription.objects.count(), PrescriptionFollowUp.objects.count()) == (1, 0)


def test_each_alert_is_answered_once(cast, smith):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    with pytest.raises(ValidationError, match="once"):
        prescribe(smith, cast.alice, NSAID, answers(cast.alice, NSAID) * 2)


def test_an_answer_to_no_alert_is_not_swallowed(cast, smith):
    with pytest.raises(ValidationError, match="no alert 0123"):
        prescribe(smith, cast.alice, "paracetamol", [Override("0123", "other", "Because")])


def test_a_moderate_alert_may_be_answered_too(cast, smith):
    prescribe(smith, cast.alice, "lisinopril 10 mg")
    stop_free = prescribe(smith, cast.alice, "potassium chloride")
    alert = recorded(stop_free).shown[0].alert
    Prescription.objects.filter(pk=stop_free.pk).update(expires_at=stop_free.created_at + timedelta(microseconds=1))
    again = prescribe(smith, cast.alice, "potassium chloride", [Override(alert, "will_monitor")])
    assert recorded(again).shown[0].outcome == "overridden"
    assert PrescriptionFollowUp.objects.get().prescription == again


# --- will monitor ------------------------------------------------------------------------------------


@pytest.mark.parametrize("days, expected", [(None, 7), (1, 1), (30, 30)])
def test_will_monitor_plans_a_day_to_look_again(cast, smith, days, expected):
    prescribe(smith, cast.alice, ANTICOAGULANT)
    day = timezone.localdate() + timedelta(days=days) if days else None
    overrides = answers(cast.alice, NSAID, "will_monitor", "INR", monitor_until=day)
    prescription = prescribe(smith, cast.alice, NSAID, overrides)
    planned = PrescriptionFollowUp.objects.get()
    assert planned.due == timezone.localdate() + timedelta(days=expected)
    assert (planned.prescription, planned.doctor, planned.patient) == (prescription, smith, cast.alice)
    assert planned.alert.note == "INR"
