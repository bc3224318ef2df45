"""Puts the example drugs and rules of the tables beside this file into the database, for migrations."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from prescriptions.rule_store import from_database, store
from prescriptions.rule_tables import COLUMNS, Row, Tables, differences, read_csv

logger = logging.getLogger(__name__)
HERE = Path(__file__).parent
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
EXAMPLE = "Example content, to be approved locally"


def seed_tables() -> Tables:
    return {table: {key: row for file in _files(table) for key, row in _rows(table, file)} for table in COLUMNS}


def _files(table: str) -> list[Path]:
    """ "drugs" stands in drugs.csv and, where several ingredients come as one product, in drugs_combined.csv."""
    return sorted(HERE.glob(f"{table}*.csv"))


def _rows(table: str, file: Path) -> Iterable[tuple[str, Row]]:
    return read_csv(table, file.read_text(encoding="utf-8"))[0].items()


def load(apps: Any) -> None:
    store(seed_tables(), lambda name: apps.get_model("prescriptions", name))
    apps.get_model("prescriptions", "RuleSet").objects.create(
        version=1, effective_from=SINCE, source=EXAMPLE, note="What the program comes with."
    )


def bring_what_is_new(apps: Any) -> None:
    """As one more version, where the drugs and rules are the example as a release brought it.

    Where somebody has changed or approved them they are that place's own: they stay, and the log says so.
    """
    versions = apps.get_model("prescriptions", "RuleSet").objects.order_by("-version")
    newest = versions.first()
    if newest is None:
        return
    tables = seed_tables()
    changes = differences(from_database(lambda name: apps.get_model("prescriptions", name)), tables)
    if not changes:
        return
    if versions.exclude(made_by=None, approved_by=None, source=EXAMPLE).exists():
        logger.warning(
            "Drugs and rules were changed or approved here, so they stay as they are. This release comes with example "
            "rows that differ in %d places: compare prescriptions/rules_seed with yours (docs/prescribing.md).",
            len(changes),
        )
        return
    store(tables, lambda name: apps.get_model("prescriptions", name))
    versions.create(
        version=newest.version + 1,
        effective_from=timezone.now(),
        source=EXAMPLE,
        note="What a newer release comes with.",
        changes=[change.as_json() for change in changes],
    )
