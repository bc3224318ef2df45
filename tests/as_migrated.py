"""After a test that commits, the database is again as the migrations left it, with the example catalogue and rules.

Django would empty every table and make its permissions anew, and the catalogue would have to be put in again: most of
what such a test costs. Here only the tables that it has touched are put back: those with a row newer than the copy, or
with fewer rows.
"""

from typing import Self

from django.db import connection, transaction
from psycopg import sql

COPIES = "as_migrated"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
    "AND attgenerated = '' ORDER BY attnum"
)


class AsMigrated:
    """`kept()` once, while nobody has written anything; `restore()` after each test that commits."""

    def __init__(self, copied: dict[str, int], tables: list[str], newest: str) -> None:
        self._copied = copied
        self._lock = sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(_list(tables))
        self._touched = sql.SQL(" UNION ALL ").join(_touched(table, copied.get(table, 0), newest) for table in tables)

    @classmethod
    def kept(cls) -> Self:
        copied = {}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {COPIES} CASCADE; CREATE SCHEMA {COPIES}")
            cursor.execute(TABLES)
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
                if count := cursor.fetchone()[0]:
                    copied[table] = count
                    cursor.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(_copy(table), sql.Identifier(table)))
            cursor.execute("SELECT pg_current_xact_id()::xid::text")
            (newest,) = cursor.fetchone()
        return cls(copied, tables, newest)

    def restore(self) -> None:
        """Waits for those who are writing. Raises OperationalError where they wait for us too."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._lock)
            cursor.execute(self._touched)
            touched = [table for (table,) in cursor.fetchall()]
            # As with TRUNCATE, no trigger that keeps rows for ever and no reference from another row stands in the way.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in touched:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                if table in self._copied:
                    cursor.execute(COLUMNS, [connection.ops.quote_name(table)])
                    columns = _list([column for (column,) in cursor.fetchall()])
                    back = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
                    cursor.execute(back.format(sql.Identifier(table), columns, columns, _copy(table)))


def _touched(table: str, count: int, newest: str) -> sql.Composed:
    """One row with the table's name where it is not as it was."""
    name, row = sql.Identifier(table), sql.Literal(table)
    if not count:
        return sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(row, name)
    return sql.SQL(
        "SELECT {} WHERE (SELECT count(*) FROM {}) <> {} OR EXISTS (SELECT FROM {} WHERE age(xmin) < age({}::xid))"
    ).format(row, name, sql.Literal(count), name, sql.Literal(newest))


def _copy(table: str) -> sql.Identifier:
    return sql.Identifier(COPIES, table)


def _list(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
