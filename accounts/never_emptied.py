"""Tables that are not emptied at a stroke either: no trigger of a row sees TRUNCATE."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, migrations, transaction

FUNCTION = """
CREATE OR REPLACE FUNCTION is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
"""
TRIGGER = "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION is_never_emptied();\n"
NO_TRIGGER = "DROP TRIGGER never_emptied ON {};\n"
GUARDED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'never_emptied' ORDER BY 1"


def never_emptied(*tables: str) -> migrations.RunSQL:
    """For a migration. Another table that is emptied CASCADE does not take these with it."""
    return migrations.RunSQL(FUNCTION + "".join(map(TRIGGER.format, tables)), "".join(map(NO_TRIGGER.format, tables)))


@contextmanager
def all_may_be_emptied() -> Iterator[None]:
    """For the demo, which forgets everything: one transaction, so that an error leaves all as it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GUARDED)
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER never_emptied")
