"""What a process keeps of the catalogue is what stands in the database, whoever changes it and however."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from labs.catalogue import known_under
from labs.kept_catalogue import catalogue
from labs.models import Analyte, AnalyteName, AnalyteUnit, CatalogueStamp, CodedValue, LimitBand
from tests.labs.judged import flag_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def potassium():
    return LimitBand.objects.get(analyte__name="Potassium", age_from_days=365, effective_until=None)


def test_it_is_read_once_and_then_only_asked_after(django_assert_num_queries):
    first = catalogue()
    with django_assert_num_queries(1):
        assert catalogue() is first


@pytest.mark.parametrize(
    "change",
    [
        lambda: Analyte.objects.filter(name="Potassium").update(source="x"),
        lambda: AnalyteName.objects.create(analyte=Analyte.objects.get(name="Potassium"), name="Kalium neu"),
        lambda: AnalyteName.objects.filter(folded="k").delete(),
        lambda: AnalyteUnit.objects.filter(analyte__name="Glucose").update(source="x"),
        lambda: CodedValue.objects.filter(flag="AA").update(flag="A"),
        lambda: connection.cursor().execute("DELETE FROM labs_codedvalue"),
        lambda: LimitBand.objects.filter(pk=potassium().pk).update(effective_until=timezone.now()),
    ],
    ids=["analyte", "name", "name removed", "unit", "answer", "by hand", "limits"],
)
def test_every_change_is_seen_with_the_next_result(change):
    first = catalogue()
    change()
    assert catalogue().stamp != first.stamp


def test_new_limits_judge_from_the_moment_that_they_are_in_force(cast):
    assert flag_of("Potassium", "6.3") == "HH"
    potassium().revise(by=cast.admin, critical_high=Decimal("6.5"), source="x")
    assert flag_of("Potassium", "6.3") == "H"


def test_limits_of_a_day_to_come_judge_from_that_day(cast):
    day = timezone.now() + timedelta(days=2)
    potassium().revise(by=cast.admin, critical_high=Decimal("6.5"), source="x", effective_from=day)
    now, then = (known_under(["K"], at=at)["k"].limits for at in (timezone.now(), day))
    assert [str(limits.critical_high.at) for limits in (now[-1], then[-1])] == ["6.100000", "6.500000"]


def test_what_was_rolled_back_is_forgotten():
    catalogue()
    with transaction.atomic():
        AnalyteName.objects.create(analyte=Analyte.objects.get(name="Potassium"), name="Kalium neu")
        assert known_under(["Kalium neu"], at=timezone.now())
        transaction.set_rollback(True)
    assert not known_under(["Kalium neu"], at=timezone.now())


def test_without_a_stamp_nothing_is_kept():
    CatalogueStamp.objects.all().delete()
    assert catalogue() is not catalogue()
    assert known_under(["K"], at=timezone.now())
