"""What an analyte is in words that a twelve-year-old reads, for patients: plain_words.csv, by LOINC code."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Plain(NamedTuple):
    """`name` stands beside the medical one; `shows` says what is measured and what moves it."""

    name: str
    shows: str


@cache
def _table() -> dict[str, Plain]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as table:
        return {row["loinc"]: Plain(row["plain"], row["shows"]) for row in csv.DictReader(table)}


def plain_words(loinc: str | None) -> Plain | None:
    return _table().get(loinc or "")
