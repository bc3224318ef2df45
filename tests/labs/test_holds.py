"""Holding a result back: who may, for how long, what stays on record; and what a patient may choose."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from labs.hold_bases import GROUNDS, Basis
from labs.models import LabResult, ReleaseChoice, ResultHold, ResultWait
from labs.release_categories import KINDS, OTHER
from labs.seen import keep_view
from labs.waits import choose_release
from tests.appointments.making import requested
from tests.labs.making import recorded
from tests.labs.releasing import WHY, chose, clock, hold, waiting

pytestmark = pytest.mark.django_db


# --- who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who, may", [("smith", True), ("brown", True), ("stranger", False), ("bob", False)])
def test_a_doctor_who_treats_the_patient_holds(cast, who, may):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    result, by = recorded(cast), getattr(cast, who).user
    assert result.may_be_held_by(by) is may
    if may:
        assert hold(result, by).placed_by == by
    else:
        with pytest.raises(NotAllowed):
            hold(result, by)


@pytest.mark.parametrize("who", ["admin", "laboratory"])
def test_nobody_holds_who_is_no_doctor_of_theirs_whatever_they_see(cast, who):
    with pytest.raises(NotAllowed):
        hold(recorded(cast), getattr(cast, who))
    assert not ResultHold.objects.exists()


def test_an_administrator_who_is_a_doctor_must_treat_the_patient_too(cast):
    cast.stranger.user.is_staff = True
    cast.stranger.user.save()
    with pytest.raises(NotAllowed):
        hold(recorded(cast), cast.stranger.user)


@pytest.mark.parametrize(
    "who, may", [("smith", True), ("brown", True), ("admin", True), ("stranger", False), ("bob", False)]
)
def test_a_doctor_of_theirs_or_an_administrator_lifts(cast, who, may):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    result, by = recorded(cast), getattr(getattr(cast, who), "user", getattr(cast, who))
    hold(result)
    if may:
        result.lift_hold(by=by, reason="We have spoken")
        kept = ResultHold.objects.get()
        assert (kept.end, kept.ended_by, kept.lift_reason) == ("lifted", by, "We have spoken")
    else:
        with pytest.raises(NotAllowed):
            result.lift_hold(by=by, reason="I want it")


# --- for what, and how long -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("reason", ""),
        ("reason", " \n "),
        ("reason", "x" * 501),
        ("reason", "a\x00"),
        ("basis", ""),
        ("basis", "distress"),
        ("ends_at", timedelta(0)),
        ("ends_at", timedelta(days=-1)),
        ("ends_at", timedelta(days=14, minutes=1)),
    ],
)
def test_a_hold_needs_a_reason_a_ground_and_an_end_within_the_longest(cast, settings, field, wrong):
    settings.RESULT_HOLD_MAX_DAYS = 14
    wrong = timezone.now() + wrong if field == "ends_at" else wrong
    with pytest.raises(ValidationError) as error:
        hold(recorded(cast), **{field: wrong})
    assert list(error.value.message_dict) == [field]
    assert not ResultHold.objects.exists()


def test_the_longest_is_a_setting(cast, settings):
    settings.RESULT_HOLD_MAX_DAYS = 2
    with pytest.raises(ValidationError, match="2 days ahead"):
        hold(recorded(cast), days=3)


def test_every_ground_says_where_the_law_is_and_what_the_patient_is_told():
    assert set(GROUNDS) == set(Basis.values)
    assert all(ground.law and ground.means and ground.told for ground in GROUNDS.values())


def test_what_the_patient_has_opened_is_not_held_any_more(cast):
    result = recorded(cast)
    keep_view(result, by=cast.smith.user)
    keep_view(result, by=cast.bob.user)
    with pytest.raises(IllegalStep) as refused:
        hold(result)
    assert refused.value.code == "already_read"


def test_a_hold_stands_beside_no_other_and_may_follow_one(cast):
    result = recorded(cast)
    hold(result, days=1)
    with pytest.raises(IllegalStep, match="Jane Smith holds it until"):
        hold(result)
    with clock(days=2):
        hold(result)
    ends = ResultHold.objects.order_by("placed_at").values_list("end", flat=True)
    assert list(ends) == ["lapsed", ""]


def test_a_superseded_version_is_held_in_its_newest(cast):
    old = recorded(cast)
    old.correct(by=cast.admin, reason="Haemolysed sample")
    with pytest.raises(IllegalStep, match="corrected meanwhile"):
        hold(old)


@pytest.mark.parametrize("days", [0, 4])
def test_a_hold_that_is_over_is_not_lifted(cast, days):
    result = recorded(cast)
    hold(result)
    if not days:
        result.lift_hold(by=cast.smith.user, reason="We have spoken")
    with clock(days=days), pytest.raises(IllegalStep) as refused:
        result.lift_hold(by=cast.smith.user, reason="Again")
    assert refused.value.code == "not_held"


# --- the database's own rules -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "Another one"},
        {"basis": "privacy"},
        {"ends_at": timezone.now() + timedelta(days=900)},
        {"end": "lifted"},
        {"ended_at": timezone.now()},
    ],
)
def test_a_hold_is_never_rewritten(cast, change):
    hold(recorded(cast))
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultHold.objects.update(**change)


def test_a_hold_is_never_deleted_nor_opened_again(cast):
    result = recorded(cast)
    hold(result)
    result.lift_hold(by=cast.smith.user, reason="We have spoken")
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultHold.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultHold.objects.update(end="", ended_at=None, ended_by=None, lift_reason="")


def test_one_open_hold_a_result_is_the_databases_rule_too(cast):
    result = recorded(cast)
    hold(result)
    with pytest.raises(IntegrityError, match="one_open_hold_per_result"), transaction.atomic():
        ResultHold.place(
            result, by=cast.smith.user, basis="privacy", reason=WHY, ends_at=timezone.now() + timedelta(days=1)
        )


# --- who reads of it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, reads",
    [("smith", True), ("brown", True), ("admin", True), ("stranger", False), ("bob", False), ("laboratory", False)],
)
def test_holds_are_read_by_auditors_and_the_doctors_of_the_patient(cast, api, who, reads):
    requested(cast, patient=cast.bob, doctor=cast.brown)
    hold(recorded(cast))
    found = api(getattr(cast, who)).get("/api/v1/lab-holds").json()["results"]
    assert [row["reason"] for row in found] == ([WHY] if reads else [])


def test_an_administrator_does_not_read_why_they_are_held_from_themselves(cast, api):
    cast.bob.user.is_staff = True
    cast.bob.user.save()
    hold(recorded(cast))
    assert api(cast.bob).get("/api/v1/lab-holds").json()["results"] == []


# --- what a patient chooses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "categories, values, waits",
    [
        ([], {"Potassium": "4.1"}, False),
        (["chemistry"], {"Potassium": "4.1"}, True),
        (["haematology"], {"Potassium": "4.1"}, False),
        (["haematology"], {"Potassium": "4.1", "Hemoglobin": "13"}, True),
        ([OTHER], {"Potassium": "4.1"}, False),
        ([OTHER], {"Potassium": "4.1", "BRCA1": "positive"}, True),
        (["chemistry"], {"BRCA1": "positive"}, False),
    ],
)
def test_a_result_waits_where_one_of_its_values_is_of_a_category_that_was_chosen(cast, categories, values, waits):
    chose(cast.bob, *categories)
    assert recorded(cast, result_data=values).release.is_waiting is waits
    assert not recorded(cast, patient=cast.alice, result_data=values).release.is_waiting


def test_what_can_be_seen_already_stays_and_only_what_comes_waits(cast):
    before = recorded(cast)
    waiting(cast)
    assert list(LabResult.objects.visible_to(cast.bob.user)) == [before]


@pytest.mark.parametrize("who", ["smith", "charlie", "admin"])
def test_nobody_chooses_for_a_patient(cast, who):
    with pytest.raises(NotAllowed):
        choose_release(cast.bob, ["chemistry"], by=getattr(getattr(cast, who), "user", getattr(cast, who)))
    assert not ReleaseChoice.objects.exists()


def test_a_category_that_is_none_is_refused_and_changes_nothing(cast):
    with pytest.raises(ValidationError):
        choose_release(cast.bob, ["chemistry", "palmistry"], by=cast.bob.user)
    assert not ReleaseChoice.objects.exists()


@pytest.mark.parametrize("who", ["smith", "charlie"])
def test_only_the_patient_asks_to_see_one_that_waits(cast, who):
    with pytest.raises(NotAllowed):
        waiting(cast).show_now(by=getattr(cast, who).user)
    assert ResultWait.objects.open().exists()


def test_every_category_of_the_catalogue_has_its_words():
    from labs.catalogue_models import Category

    assert [kind.category for kind in KINDS] == [*Category.values, OTHER]
