"""Every state of a result x everyone: who sees it. Once by the rule itself, once by the database; and by the API."""

from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import Patient
from labs.holds import release_due
from labs.models import LabResult
from notifications.models import Cover
from tests.appointments.making import requested
from tests.labs.making import recorded
from tests.labs.releasing import SECRET, chose, clock, hold

pytestmark = pytest.mark.django_db
STATUSES = ("preliminary", "final", "corrected", "cancelled")
HOLDS = ("none", "held", "over", "lapsed", "lifted")
"""over: its end has come and no job has run since; lapsed: the job has run."""
SEES = {
    "the ordering doctor": True,
    "another doctor who treats him": True,
    "an administrator": True,
    "a doctor who covers the ordering one": False,
    "a doctor who is a stranger": False,
    "another patient": False,
    "the laboratory": False,
}
"""All but the patient: whatever is held or chosen, nothing changes for them."""


@dataclass(frozen=True)
class State:
    status: str
    reviewed: bool
    held: str
    chose_to_wait: bool

    @property
    def shown_to_patient(self) -> bool:
        return self.held != "held" and not (self.chose_to_wait and not self.reviewed)


def people(cast):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    now = timezone.now()
    Cover.objects.create(doctor=cast.smith, covering=cast.trainee, begins=now, ends=now.replace(year=now.year + 1))
    return {
        "the patient": cast.bob.user,
        "the ordering doctor": cast.smith.user,
        "another doctor who treats him": cast.brown.user,
        "an administrator": cast.admin,
        "a doctor who covers the ordering one": cast.trainee.user,
        "a doctor who is a stranger": cast.stranger.user,
        "another patient": cast.charlie.user,
        "the laboratory": cast.laboratory,
    }


def in_state(cast, state):
    """Recorded, made what it is, held, released again, reviewed: in this order."""
    if state.chose_to_wait:
        chose(cast.bob, "chemistry")
    with clock(days=-2):
        asked = {"patient": cast.bob, "doctor": cast.smith, "test_type": "BMP", "result_data": SECRET}
        first = LabResult.record(
            by=cast.laboratory, status="preliminary" if state.status == "preliminary" else "final", **asked
        )
        result = first
        if state.status == "corrected":
            result = first.correct(by=cast.admin, reason="Haemolysed sample")
        elif state.status == "cancelled":
            result = first.cancel(by=cast.admin, reason="Taken from somebody else")
        if state.held != "none":
            hold(result, days={"held": 3}.get(state.held, 1))
        if state.held == "lifted":
            result.lift_hold(by=cast.brown.user, reason="He has been told")
    if state.held == "lapsed":
        assert release_due() == 1
    if state.reviewed:
        result.review_with(by=cast.smith.user, notes="Seen")
    return result


def policy_says(result, policy, user):
    """The rule, for those who may see the patient's results at all."""
    who = {"patient": result.patient_id, "doctor": result.doctor_id}
    shown = policy.shows_to(user.pk, at=timezone.now(), **who)
    return shown and Patient.objects.visible_to(user).filter(pk=result.patient_id).exists()


def who_sees(result, everyone):
    """By the rule, and by the database."""
    policy = LabResult.objects.get(pk=result.pk).release_policy
    return {
        "rule": {who: policy_says(result, policy, user) for who, user in everyone.items()},
        "database": {who: result in LabResult.objects.visible_to(user) for who, user in everyone.items()},
    }


def answered(result, user, api):
    return api(user).get(f"/api/v1/lab-results/{result.pk}").status_code


@pytest.mark.parametrize("held", HOLDS)
@pytest.mark.parametrize("status", STATUSES)
def test_who_sees_a_result_in_every_state(cast, api, status, held):
    everyone = people(cast)
    for chose_to_wait, reviewed in product((False, True), (False, True)):
        state = State(status, reviewed, held, chose_to_wait)
        result = in_state(cast, state)
        expected = {**SEES, "the patient": state.shown_to_patient}
        assert (state, who_sees(result, everyone)) == (state, dict.fromkeys(("rule", "database"), expected))
        assert (state, answered(result, cast.bob, api)) == (state, 200 if state.shown_to_patient else 403)
        versions = set(LabResult.objects.versions_of(result.first_id))
        shown = set(LabResult.objects.visible_to(cast.bob.user)) & versions
        withheld = set(LabResult.objects.withheld_from(cast.bob.user)) & versions
        assert (state, shown, withheld) == (
            state,
            *((versions, set()) if state.shown_to_patient else (set(), versions)),
        )


@pytest.mark.parametrize("held, chose_to_wait", [("none", False), ("held", False), ("none", True)])
def test_what_the_api_answers_everyone(cast, api, held, chose_to_wait):
    everyone, state = people(cast), State("final", False, held, chose_to_wait)
    result = in_state(cast, state)
    expected = {who: 200 if sees else 404 for who, sees in SEES.items()}
    expected["the patient"] = 200 if state.shown_to_patient else 403
    assert {who: answered(result, user, api) for who, user in everyone.items()} == expected


@pytest.mark.parametrize("role", ["administrator", "doctor"])
def test_who_is_the_patient_too_reads_their_own_as_its_patient(cast, role):
    who = Patient.objects.create(
        user=cast.admin if role == "administrator" else cast.brown.user, date_of_birth=date(1980, 1, 1)
    )
    result = recorded(cast, patient=who, by=cast.laboratory)
    assert result in LabResult.objects.visible_to(who.user)
    hold(result)
    assert list(LabResult.objects.visible_to(who.user)) == []
    assert list(LabResult.objects.withheld_from(who.user)) == [result]


def test_who_ordered_their_own_answers_for_it_and_never_waits(cast):
    who = Patient.objects.create(user=cast.smith.user, date_of_birth=date(1980, 1, 1))
    chose(who, "chemistry")
    result = recorded(cast, patient=who, doctor=cast.smith, result_data=SECRET)
    assert result.release.is_released
    assert result in LabResult.objects.visible_to(who.user)


def test_a_hold_hides_no_result_but_its_own(cast):
    held, other = recorded(cast), recorded(cast)
    hold(held)
    assert list(LabResult.objects.visible_to(cast.bob.user)) == [other]
