"""Puts the example drugs and rules of the tables beside this file into an empty database, for a migration."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prescriptions.rule_store import store
from prescriptions.rule_tables import COLUMNS, Row, Tables, read_csv

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
