"""Limits are never edited: the next version takes their place, and what was judged stays as it was judged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.refusals import IllegalStep, NotAllowed
from labs.limit_bands import LIMITS
from labs.models import Analyte, LabResult, LimitBand
from tests.labs.judged import flag_of
from tests.labs.making import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
DAY = timedelta(days=1)


def potassium():
    return LimitBand.objects.get(analyte__name="Potassium", age_from_days=365, effective_until=None)


def new_band(**changes):
    analyte = Analyte.objects.create(name="Osmolality", unit="mosm/kg", category="chemistry", source="x")
    return LimitBand(**{"analyte": analyte, "low": 275, "high": 295, "source": "Handbook", **changes})


def test_the_next_version_judges_from_now_and_is_not_approved(cast):
    old = potassium()
    newer = old.revise(by=cast.admin, critical_high=Decimal("6.5"), source="Our own")
    old.refresh_from_db()
    assert (newer.version, newer.replaces, newer.entered_by, newer.approved_at) == (2, old, cast.admin, None)
    assert old.effective_until == newer.effective_from
    kept = [name for name in LIMITS if name not in ("critical_high", "source")]
    assert [getattr(newer, name) for name in kept] == [getattr(old, name) for name in kept]
    assert (flag_of("Potassium", "6.3"), flag_of("Potassium", "6.6")) == ("H", "HH")


def test_a_later_version_leaves_the_old_one_in_force_until_then(cast):
    begins = timezone.now() + 7 * DAY
    potassium().revise(by=cast.admin, effective_from=begins, critical_high=Decimal("6.5"))
    assert flag_of("Potassium", "6.3") == "HH"
    assert flag_of("Potassium", "6.3", at=begins - timedelta(microseconds=1)) == "HH"
    assert flag_of("Potassium", "6.3", at=begins) == "H"


def test_what_was_judged_stays_as_it_was_judged(cast):
    band = potassium()
    result = recorded(cast, result_data={"Potassium": "6.3"})
    band.revise(by=cast.admin, critical_high=Decimal("6.5"))
    result = LabResult.objects.get(pk=result.pk)
    (entry,) = result.entries
    assert (result.critical, entry["flag"], entry["judged_by"]) == (True, "HH", [band.pk])
    assert result.result_data["Potassium"]["reference"]["critical_high"] == {"value": "6.1", "operator": ">"}
    corrected = result.correct(by=cast.admin, reason="Another sample")
    assert (corrected.entries[0]["flag"], corrected.entries[0]["judged_by"]) == ("HH", [band.pk])
    again = result.superseded_by.correct(by=cast.admin, reason="Measured again", result_data={"Potassium": "6.3"})
    assert (again.entries[0]["flag"], again.entries[0]["judged_by"]) == ("H", [potassium().pk])


def test_a_version_that_has_been_replaced_is_not_revised(cast):
    old = potassium()
    old.revise(by=cast.admin, low=Decimal("3.6"))
    with pytest.raises(IllegalStep, match="newer version"):
        LimitBand.objects.get(pk=old.pk).revise(by=cast.admin, low=Decimal("3.7"))


def test_a_planned_version_is_replaced_before_it_ever_judged(cast):
    begins = timezone.now() + 7 * DAY
    planned = potassium().revise(by=cast.admin, effective_from=begins, critical_high=Decimal("6.5"))
    with pytest.raises(ValidationError) as error:
        planned.revise(by=cast.admin, effective_from=timezone.now() + DAY)
    assert "effective_from" in error.value.message_dict
    newer = planned.revise(by=cast.admin, critical_high=Decimal("6.8"))
    assert (newer.effective_from, newer.version) == (begins, 3)
    assert flag_of("Potassium", "6.6", at=begins) == "H"
    assert flag_of("Potassium", "6.6") == "HH"


def test_limits_do_not_begin_in_the_past(cast):
    yesterday = timezone.now() - DAY
    for attempt in (
        lambda: potassium().revise(by=cast.admin, effective_from=yesterday),
        lambda: new_band(effective_from=yesterday).put_in_catalogue(by=cast.admin),
    ):
        with pytest.raises(ValidationError) as error:
            attempt()
        assert "effective_from" in error.value.message_dict
    assert potassium().version == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"low": Decimal(9)},
        {"critical_low": Decimal(4)},
        {"critical_high": Decimal(5)},
        {"low": None, "high": None, "critical_low": None, "critical_high": None},
        {"no_low": True},
        {"no_high": True},
        {"low_operator": ">"},
        {"critical_high_operator": "<="},
        {"age_until_days": 300},
        {"age_from_days": 0},
        {"sex": "both"},
        {"source": ""},
        {"source": "a\x00"},
        {"low": "x"},
        {"low": Decimal("1e20")},
        {"effective_from": datetime(9999, 12, 31, tzinfo=UTC)},
    ],
)
def test_limits_that_cannot_be_are_refused_and_the_old_ones_stay(cast, changes):
    band = potassium()
    with pytest.raises(ValidationError):
        band.revise(by=cast.admin, **changes)
    assert potassium() == band
    assert flag_of("Potassium", "6.3") == "HH"


def test_a_narrower_version_makes_room_for_another(cast):
    potassium().revise(by=cast.admin, age_until_days=6574)
    older = LimitBand(
        analyte=Analyte.objects.get(name="Potassium"), age_from_days=6574, low=4, high=5, source="Our own"
    )
    older.put_in_catalogue(by=cast.admin)
    assert (flag_of("Potassium", "3.9"), flag_of("Potassium", "3.9", days_old=5000)) == ("L", "N")


def test_limits_of_their_own_are_numbered_after_those_they_stand_in_for(cast):
    band = new_band().put_in_catalogue(by=cast.admin)
    band.revise(by=cast.admin, sex="female")
    third = LimitBand(analyte=band.analyte, sex="male", low=1, high=2, source="x").put_in_catalogue(by=cast.admin)
    assert list(LimitBand.objects.filter(analyte=band.analyte).values_list("sex", "version")) == [
        ("any", 1),
        ("female", 2),
        ("male", 1),
    ]
    assert third.entered_by == cast.admin


# --- who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["smith", "alice", "charlie", "laboratory"])
def test_nobody_but_an_administrator_sets_or_approves_limits(cast, who):
    user = getattr(getattr(cast, who), "user", getattr(cast, who))
    for attempt in (
        lambda: potassium().revise(by=user, low=Decimal("3.6")),
        lambda: potassium().approve(by=user),
        lambda: new_band().put_in_catalogue(by=user),
    ):
        with pytest.raises(NotAllowed), transaction.atomic():
            attempt()
    assert (potassium().version, potassium().approved_at) == (1, None)


def test_a_deactivated_administrator_approves_nothing(cast):
    cast.admin.is_active = False
    with pytest.raises(NotAllowed):
        potassium().approve(by=cast.admin)


def test_an_approval_says_who_and_when_once(cast):
    band = potassium()
    band.approve(by=cast.admin)
    kept = potassium()
    assert (kept.approved_by, kept.approved_at) == (cast.admin, band.approved_at)
    with pytest.raises(IllegalStep, match="already"):
        band.approve(by=cast.admin)
    result = recorded(cast, result_data={"Potassium": "4.1"})
    assert result.result_data["Potassium"]["reference"]["approved"] is True


def test_limits_that_are_over_are_not_approved_and_those_that_end_later_are(cast):
    old = potassium()
    planned = old.revise(by=cast.admin, effective_from=timezone.now() + DAY, low=Decimal("3.6"))
    LimitBand.objects.get(pk=old.pk).approve(by=cast.admin)
    planned.approve(by=cast.admin)
    glucose = LimitBand.objects.get(analyte__name="Glucose", age_from_days=365)
    glucose.revise(by=cast.admin, low=Decimal(60))
    with pytest.raises(IllegalStep, match="no longer in force"):
        glucose.approve(by=cast.admin)


# --- never edited, never deleted --------------------------------------------------------------------


def test_limits_are_not_edited_or_deleted_by_a_program(cast):
    band = potassium()
    band.low = Decimal(1)
    for attempt in (
        band.save,
        lambda: band.save(update_fields=["low"]),
        band.delete,
        LimitBand.objects.all().delete,
    ):
        with pytest.raises(TypeError, match="revise"):
            attempt()
    with pytest.raises(ProtectedError):
        Analyte.objects.get(name="Potassium").delete()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE labs_limitband SET low = 1",
        "UPDATE labs_limitband SET critical_high_operator = '>='",
        "UPDATE labs_limitband SET version = 7",
        "UPDATE labs_limitband SET effective_until = now() WHERE effective_until IS NOT NULL",
        "UPDATE labs_limitband SET approved_at = now() WHERE approved_at IS NOT NULL",
        "DELETE FROM labs_limitband",
    ],
)
def test_nor_by_whoever_writes_to_the_table(cast, sql):
    potassium().approve(by=cast.admin)
    potassium().revise(by=cast.admin, low=Decimal("3.6"))
    with pytest.raises(IntegrityError, match="limits are never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- never two for one patient ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, overlaps",
    [
        ({}, True),
        ({"sex": "female"}, True),
        ({"sex": "male", "age_from_days": 99}, True),
        ({"age_from_days": 6573}, True),
        ({"age_from_days": 6574}, False),
        ({"age_from_days": 6574, "sex": "female"}, False),
        ({"effective_from": timezone.now() + 400 * DAY}, True),
    ],
)
def test_limits_never_overlap_and_the_database_knows_it_too(cast, changes, overlaps):
    band = new_band(age_until_days=6574).put_in_catalogue(by=cast.admin)
    fields = {"analyte": band.analyte, "low": 1, "high": 2, "source": "x", "version": 9, **changes}
    if not overlaps:
        LimitBand(**fields).put_in_catalogue(by=cast.admin)
        return
    with pytest.raises(ValidationError, match="overlap with: Osmolality, any, under 18 years, version 1"):
        LimitBand(**fields).put_in_catalogue(by=cast.admin)
    with pytest.raises(IntegrityError, match="limit_bands_never_overlap"), transaction.atomic():
        LimitBand.objects.create(**fields)


def test_women_and_men_have_limits_side_by_side(cast):
    band = new_band(sex="female").put_in_catalogue(by=cast.admin)
    LimitBand(analyte=band.analyte, sex="male", low=1, high=2, source="x").put_in_catalogue(by=cast.admin)
    with pytest.raises(ValidationError, match="overlap"):
        LimitBand(analyte=band.analyte, low=1, high=2, source="x").put_in_catalogue(by=cast.admin)


@pytest.mark.django_db(transaction=True)
def test_of_two_revisions_at_once_one_stands_and_the_other_is_told(cast):
    band, both, admin = potassium(), Barrier(2), cast.admin

    def revise(low):
        mine = LimitBand.objects.get(pk=band.pk)
        both.wait(10)
        try:
            return mine.revise(by=admin, low=low).version
        except IllegalStep as refused:
            return refused.detail[:15]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(revise, [Decimal("3.6"), Decimal("3.7")]))) == ["2", "A newer version"]
