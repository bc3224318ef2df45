"""What a test commits is undone, whatever it is, and by whichever process."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection

from labs.models import Analyte
from tests.labs.making import recorded
from tests.labs.releasing import hold

pytestmark = pytest.mark.django_db(transaction=True)


def everything():
    """Each row of each table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT one::text FROM "{table}" one')
            rows[table] = sorted(row for (row,) in cursor.fetchall())
    return rows


def test_what_was_added_changed_and_taken_away_is_as_it_was(as_migrated, cast):
    before = everything()
    hold(recorded(cast))
    recorded(cast, critical=True)
    Analyte.objects.filter(pk=Analyte.objects.values("pk")[:1]).update(name="Another")
    Permission.objects.filter(pk=Permission.objects.values("pk")[:1]).delete()
    changed = everything()
    assert {table for table in before if changed[table] != before[table]} >= {
        "accounts_user",
        "auth_permission",
        "labs_analyte",
        "labs_cataloguestamp",
        "labs_resulthold",
        "procrastinate_jobs",
    }
    as_migrated.restore()
    assert everything() == before


def test_the_rows_that_may_never_go_are_still_kept_from_a_test(as_migrated):
    as_migrated.restore()
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="never deleted"):
        cursor.execute("DELETE FROM labs_limitband")
