"""Puts the example catalogue of the tables beside this file into an empty one, for a migration."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labs.spellings import folded, unit_key

HERE = Path(__file__).parent
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
EXAMPLE = "Example; a laboratory director must approve"
OPERATOR = re.compile(r"(?P<operator>[<>]=?)(?P<at>[\d.]+)\Z")


def load(apps: Any) -> None:
    """Rows go in together: no one has to be told of them, and tests put them in often."""
    analytes = _analytes(apps)
    _units(apps, analytes)
    _bands(apps, analytes)
    answer = apps.get_model("labs", "CodedValue")
    answer.objects.bulk_create(
        answer(analyte=analytes[row.pop("analyte")], folded=folded(row["text"]), **row) for row in _rows("coded")
    )
    _panels(apps, analytes)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _analytes(apps: Any) -> dict[str, Any]:
    analyte, name_of = apps.get_model("labs", "Analyte"), apps.get_model("labs", "AnalyteName")
    rows = list(_rows("analytes"))
    names = [[*row.pop("names").split(";"), row["name"]] for row in rows]
    made = analyte.objects.bulk_create(analyte(**row) for row in rows)
    name_of.objects.bulk_create(
        name_of(analyte=one, name=name, folded=key)
        for one, called in zip(made, names, strict=True)
        for key, name in {folded(text): text for text in called}.items()
    )
    return {one.name: one for one in made}


def _units(apps: Any, analytes: dict[str, Any]) -> None:
    unit = apps.get_model("labs", "AnalyteUnit")
    parts = ("times", "divided_by", "source")
    unit.objects.bulk_create(
        unit(analyte=analytes[name], spelling=spelling, **{part: row[part] for part in parts})
        for row in _rows("units")
        for name in row["analytes"].split(";")
        for spelling in sorted({unit_key(text) for text in row["spellings"].split(";")})
    )


def _bands(apps: Any, analytes: dict[str, Any]) -> None:
    band = apps.get_model("labs", "LimitBand")
    band.objects.bulk_create(band(analyte=analytes[row["analyte"]], **_limits(row)) for row in _rows("bands"))


def _limits(row: dict[str, str]) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "sex": row["sex"],
        "age_from_days": row["from_days"],
        "age_until_days": row["until_days"] or None,
        "effective_from": SINCE,
        "source": "; ".join([EXAMPLE, *_sources(row)]),
    }
    for name in ("low", "high", "critical_low", "critical_high"):
        limits |= _bound(name, row[name])
    return limits


def _sources(row: dict[str, str]) -> Iterator[str]:
    """Where its usual bounds and its critical ones are from, of those that it has."""
    if row["low"] or row["high"]:
        yield f"usual: common example{', ' if row['note'] else ''}{row['note']}"
    if row["critical_source"]:
        yield f"critical: {row['critical_source']}"


def _bound(name: str, text: str) -> dict[str, Any]:
    """ "<3.5" in the columns of a bound; "none" is none by design, an empty text is none that we know."""
    if text == "none":
        return {f"no_{name}": True}
    found = OPERATOR.match(text)
    return {name: found["at"], f"{name}_operator": found["operator"]} if found else {}


def _panels(apps: Any, analytes: dict[str, Any]) -> None:
    panel, item = apps.get_model("labs", "Panel"), apps.get_model("labs", "PanelItem")
    rows = list(_rows("panels"))
    contents = [row.pop("analytes").split(";") for row in rows]
    made = panel.objects.bulk_create(panel(**row) for row in rows)
    item.objects.bulk_create(
        item(panel=one, analyte=analytes[name], position=position)
        for one, names in zip(made, contents, strict=True)
        for position, name in enumerate(names, start=1)
    )
