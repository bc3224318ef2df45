"""Rows that are added and never touched again, whoever writes to the tables."""

from typing import Any

from django.db import models

_TABLES = ("prescriptions_recordedcheck", "prescriptions_shownalert")
KEPT = """
CREATE FUNCTION what_was_shown_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a prescriber was shown is never changed or deleted' USING ERRCODE = 'check_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION what_was_shown_is_kept();\n"
    for table in _TABLES
)
NOT_KEPT = "".join(f"DROP TRIGGER {table}_is_kept ON {table};\n" for table in _TABLES) + (
    "DROP FUNCTION what_was_shown_is_kept()"
)


class Added(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What a prescriber was shown is not changed afterwards.")
        super().save(*args, **kwargs)
