"""The drugs and rules as six tables of text: how they are exported, imported, compared and checked against.

A table is `{key: row}`, a row is `{column: text}`. What a rule names is "class:Penicillins" or "ingredient:warfarin";
lists of names are parted by semicolons.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from accounts.fields import UNSTORABLE, says_something
from prescriptions.drug_words import NO_NAME, names_no_drug
from prescriptions.rules import WITH_ITSELF, Severity
from prescriptions.spellings import folded

Row = Mapping[str, str]
Tables = dict[str, dict[str, Row]]

_RULE = ("severity", "description", "source", "effective_from")
COLUMNS = {
    "classes": ("name", "also_called", "source"),
    "ingredients": ("name", "classes"),
    "drugs": ("name", "generic_names", "brands", "ingredients"),
    "interactions": ("code", "first", "second", *_RULE),
    "duplicates": ("code", "class", *_RULE),
    "allergies": ("code", "allergen", "target", "severity", "after_severe", *_RULE[1:]),
}
"""Table -> its columns, the key first. Tables stand in the order in which they need each other."""

LISTS = {"also_called", "classes", "generic_names", "brands", "ingredients"}
MAY_BE_EMPTY = {"also_called", "classes", "generic_names", "brands", "class", "allergen", "target", "after_severe"}
NAMES_OF_DRUGS = {("ingredients", "name"), *(("drugs", column) for column in ("name", "generic_names", "brands"))}
LONGEST = {"name": 100, "code": 60, "description": 500, "source": 300}
LONGEST_NAME = 100


@dataclass(frozen=True)
class Problem:
    """Why tables cannot be the rule set; `line` as an editor counts, 0 where no file was read."""

    table: str
    key: str
    column: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else self.key
        return f"{self.table}, {place}, {self.column}: {self.text}"


@dataclass(frozen=True)
class Change:
    """One thing that differs: `kind` is added, changed or removed; `fields` are [column, before, after]."""

    table: str
    kind: str
    key: str
    fields: tuple[tuple[str, str, str], ...]
    line: int = 0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def listed(text: str) -> list[str]:
    return [name for name in (part.strip() for part in text.split(";")) if name]


def read_csv(table: str, text: str) -> tuple[dict[str, Row], dict[str, int], list[Problem]]:
    """The table, the line of each key, and what is wrong with the file itself."""
    rows: dict[str, Row] = {}
    lines: dict[str, int] = {}
    wrong: list[Problem] = []
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS[table]:
            return {}, {}, [Problem(table, "", "", f"The columns must be {', '.join(COLUMNS[table])}.", 1)]
        for given in reader:
            line = reader.line_num
            if None in given or None in given.values():
                wrong.append(Problem(table, "", "", "This line has another number of columns than the first.", line))
                continue
            row = {column: _tidy(column, value) for column, value in given.items()}
            key = row[COLUMNS[table][0]]
            if key in rows:
                wrong.append(Problem(table, key, COLUMNS[table][0], f"This is on line {lines[key]} already.", line))
            rows[key], lines[key] = row, line
    except csv.Error as error:
        wrong.append(Problem(table, "", "", f"This is no CSV: {error}.", reader.line_num))
    return rows, lines, wrong


def _tidy(column: str, text: str) -> str:
    """One way to write a thing, so that only what differs in meaning is a difference."""
    return ";".join(sorted(dict.fromkeys(listed(text)), key=str.casefold)) if column in LISTS else text.strip()


def write_csv(table: str, rows: Mapping[str, Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[table], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[key] for key in sorted(rows, key=str.casefold))
    return text.getvalue()


def differences(before: Tables, after: Tables, lines: Mapping[str, Mapping[str, int]] | None = None) -> list[Change]:
    """What is added, changed and removed on the way from one to the other."""
    return [
        Change(table, kind, key, fields, (lines or {}).get(table, {}).get(key, 0))
        for table in COLUMNS
        for key in sorted({*before[table], *after[table]}, key=str.casefold)
        for kind, fields in [_difference(before[table].get(key), after[table].get(key))]
        if kind
    ]


def _difference(before: Row | None, after: Row | None) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    columns = [*(after or before or {})]
    fields = tuple(
        (column, old, new)
        for column in columns
        for old, new in [((before or {}).get(column, ""), (after or {}).get(column, ""))]
        if old != new
    )
    if before == after:
        return "", ()
    return ("added" if before is None else "removed" if after is None else "changed"), fields


def problems(tables: Tables) -> list[Problem]:
    """All because of which these cannot be the rule set: bad values, names that lead nowhere or to two things."""
    return [*_bad_values(tables), *_dangling(tables), *_names_taken_twice(tables)]


def with_lines(found: Iterable[Problem], lines: Mapping[str, Mapping[str, int]]) -> list[Problem]:
    """Each at the line of its key in the file that was read, where there was one."""
    return [replace(one, line=lines.get(one.table, {}).get(one.key, 0)) for one in found]


def _bad_values(tables: Tables) -> Iterator[Problem]:
    for table, rows in tables.items():
        for key, row in rows.items():
            for column, value in row.items():
                text = _bad_value(column, value) or _bad_name(table, column, value)
                if text:
                    yield Problem(table, key, column, text)


def _bad_value(column: str, value: str) -> str:
    longest = LONGEST_NAME if column in LISTS else LONGEST.get(column, 200)
    parts = listed(value) if column in LISTS else [value]
    if not value and column not in MAY_BE_EMPTY:
        return "This must not be empty."
    if column in ("description", "source") and not says_something(value):
        return "This has no letter or digit."
    if UNSTORABLE.search(value) or any(len(part) > longest for part in parts):
        return f"At most {longest} characters, and no control characters."
    if column in ("severity", "after_severe") and value and value not in Severity.values:
        return f"Choose one of {', '.join(Severity.values)}."
    if column == "effective_from" and not _is_date(value):
        return "Give a date as 2026-01-31."
    if column == "code" and not (value.replace("-", "a").isalnum() and value.isascii() and value == value.lower()):
        return "Small letters, digits and hyphens."
    return ""


def _bad_name(table: str, column: str, value: str) -> str:
    if (table, column) not in NAMES_OF_DRUGS:
        return ""
    return next((f"{name}: {NO_NAME}" for name in listed(value) if names_no_drug(name)), "")


def _is_date(text: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(text).year <= 2200 and len(text) == 10
    except ValueError:
        return False


def _dangling(tables: Tables) -> Iterator[Problem]:
    """Members that do not exist, and rules with one side only, or with the same twice."""
    known = {f"class:{name}" for name in tables["classes"]} | {f"ingredient:{name}" for name in tables["ingredients"]}
    for table, column, prefix in [
        ("ingredients", "classes", "class:"),
        ("drugs", "ingredients", "ingredient:"),
        ("duplicates", "class", "class:"),
        ("interactions", "first", ""),
        ("interactions", "second", ""),
        ("allergies", "allergen", ""),
        ("allergies", "target", ""),
    ]:
        for key, row in tables[table].items():
            for name in listed(row[column]):
                if prefix + name not in known:
                    yield Problem(table, key, column, f"There is no {prefix}{name}.")
    for key, row in tables["interactions"].items():
        if row["first"] == row["second"] and row["first"].startswith("ingredient:"):
            yield Problem("interactions", key, "second", WITH_ITSELF)
    for key, row in tables["allergies"].items():
        if bool(row["allergen"]) != bool(row["target"]):
            yield Problem("allergies", key, "target", "Name both the allergen and the target, or neither.")


def _names_taken_twice(tables: Tables) -> Iterator[Problem]:
    """A name leads to one thing; an ingredient is found by a drug of its name; a class has one duplicate rule."""
    for table, columns in (("drugs", ("generic_names", "brands")), ("classes", ("also_called",))):
        owner: dict[str, str] = {}
        for key, row in tables[table].items():
            for column in ("name", *columns):
                for name in listed(row[column]):
                    taken = owner.setdefault(folded(name), key)
                    if taken != key or not folded(name):
                        yield Problem(table, key, column, f"{name} is a name of {taken} already.")
    for key in tables["ingredients"]:
        drug = tables["drugs"].get(key)
        if drug is None or drug["ingredients"] != key:
            yield Problem("ingredients", key, "name", "A drug of this name and with this ingredient alone must exist.")
    twice: dict[str, str] = {}
    for key, row in tables["duplicates"].items():
        if twice.setdefault(row["class"], key) != key:
            yield Problem("duplicates", key, "class", f"{twice[row['class']]} is the rule for it already.")
    codes: dict[str, str] = {}
    for table in ("interactions", "duplicates", "allergies"):
        for key in tables[table]:
            if codes.setdefault(key, table) != table:
                yield Problem(table, key, "code", f"This is the code of a rule in {codes[key]} already.")
