"""What may never be deleted is not emptied at a stroke either."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.never_emptied import GUARDED, all_may_be_emptied
from labs.models import LimitBand

pytestmark = pytest.mark.django_db
KEPT = ["labs_limitband", "labs_resulthold", "prescriptions_recordedcheck", "prescriptions_shownalert"]
KEEPING_ROWS = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%kept' ORDER BY 1"


def execute(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", KEPT)
def test_it_is_not_emptied(table):
    with pytest.raises(IntegrityError, match="is never emptied"):
        execute(f"TRUNCATE {table} CASCADE")


def test_nor_with_the_people_it_is_about():
    with pytest.raises(IntegrityError, match="is never emptied"):
        execute("TRUNCATE accounts_user CASCADE")


def test_every_table_whose_rows_are_kept_is_among_them():
    with connection.cursor() as cursor:
        for query in (GUARDED, KEEPING_ROWS):
            cursor.execute(query)
            assert [table for (table,) in cursor.fetchall()] == KEPT


def test_the_demo_forgets_all_and_what_comes_after_is_kept_again():
    with all_may_be_emptied():
        call_command("flush", interactive=False, verbosity=0)
    assert not LimitBand.objects.exists()
    with pytest.raises(IntegrityError, match="is never emptied"):
        execute("TRUNCATE prescriptions_recordedcheck CASCADE")


def test_an_error_on_the_way_leaves_them_kept():
    with pytest.raises(RuntimeError), all_may_be_emptied():
        raise RuntimeError("half way")
    with pytest.raises(IntegrityError, match="is never emptied"):
        execute("TRUNCATE labs_resulthold")
