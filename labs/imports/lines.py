"""A CSV file read line by line, so that no line can spoil another and no file is ever whole in memory. Pure.

One line of the file is one row: a quote that is never closed ends with its line, and a line number is what an editor
shows.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError

from accounts.fields import UNSTORABLE

REQUIRED = ("message_id", "patient", "doctor", "test", "name", "value")
COLUMNS = (*REQUIRED, "birth_date", "unit", "low", "high", "flag", "critical", "status", "order")
LONGEST_LINE, LONGEST_KEPT = 10_000, 200
DELIMITERS = ",;\t"
WHOLE_LINE = "line"
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF8 = re.compile("[\ud800-\udfff]")
Cells = dict[str, str]


@dataclass(frozen=True)
class Problem:
    """`field` is the column, or "line" where it is about the line as a whole."""

    line: int
    field: str
    text: str

    def as_kept(self) -> dict[str, str | int]:
        return asdict(self)


@dataclass(frozen=True)
class Line:
    """`cells`: column -> what stands there, fit to be kept; columns that the file has not are not there."""

    number: int
    cells: Cells
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Head:
    columns: tuple[str, ...]
    delimiter: str


def read_head(file: BinaryIO) -> Head:
    """Reads the first line. Raises ValidationError where the file is no table of results at all."""
    first = file.readline(LONGEST_LINE + 1)
    if first.startswith(OTHER_ENCODINGS):
        raise ValidationError("This file is UTF-16. Save it as CSV in UTF-8.")
    text = first.decode("utf-8-sig", errors="replace").strip()
    if not text:
        raise ValidationError("Line 1 of this file is empty. It must name the columns.")
    delimiter = max(DELIMITERS, key=text.count)
    columns = _without_empty_ends(_column(name) for name in _cells_of(text, delimiter) or [text])
    _refuse_unless_known(columns)
    return Head(columns, delimiter)


def read_lines(file: BinaryIO, head: Head) -> Iterator[Line]:
    """Those after the head; lines without anything in them are left out, and counted."""
    number = 1
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_the_rest(file)
            yield _too_long(number, raw, head)
        elif raw.strip(b" \r\n\t,;"):
            yield _line(number, raw.decode("utf-8", errors="surrogateescape").rstrip("\r\n"), head)


def _without_empty_ends(names: Iterable[str]) -> tuple[str, ...]:
    """Spreadsheets write columns that nobody sees."""
    columns = list(names)
    while columns and not columns[-1]:
        columns.pop()
    return tuple(columns)


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _refuse_unless_known(columns: tuple[str, ...]) -> None:
    named = [column[:50] for column in columns]
    if missing := [column for column in REQUIRED if column not in columns]:
        raise ValidationError(f"Line 1 must name the columns. It lacks: {', '.join(missing)}.")
    if unknown := [column for column in named if column not in COLUMNS]:
        raise ValidationError(f"Not known here, in line 1: {', '.join(unknown)}. Known are {', '.join(COLUMNS)}.")
    if twice := sorted({column for column in named if named.count(column) > 1}):
        raise ValidationError(f"Line 1 names a column twice: {', '.join(twice)}.")


def _line(number: int, text: str, head: Head) -> Line:
    row = _cells_of(text, head.delimiter)
    if row is None:
        unclosed = Problem(
            number, WHOLE_LINE, "It cannot be read: a quotation mark is not closed, or stands inside a cell."
        )
        return Line(number, _named(_forgiving(text, head.delimiter), head), (unclosed,))
    cells = _named(row, head)
    return Line(number, cells, (*_miscounted(number, row, head), *_unstorable(number, row, head)))


def _cells_of(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _forgiving(text: str, delimiter: str) -> list[str]:
    """To know at least which message it belongs to."""
    return next(csv.reader([text], delimiter=delimiter), [])


def _named(row: list[str], head: Head) -> Cells:
    kept = [UNSTORABLE.sub("\ufffd", cell).strip()[:LONGEST_KEPT] for cell in row]
    return dict(zip(head.columns, kept, strict=False))


def _miscounted(number: int, row: list[str], head: Head) -> list[Problem]:
    there, wanted = len(row), len(head.columns)
    if there < wanted:
        return [Problem(number, WHOLE_LINE, f"There are {there} columns; line 1 names {wanted}.")]
    if any(cell.strip() for cell in row[wanted:]):
        hint = "Put a value that holds the separator in quotation marks."
        return [Problem(number, WHOLE_LINE, f"There are {there} columns; line 1 names {wanted}. {hint}")]
    return []


def _unstorable(number: int, row: list[str], head: Head) -> list[Problem]:
    problems = []
    for column, cell in zip(head.columns, row, strict=False):
        if NOT_UTF8.search(cell):
            problems.append(Problem(number, column, "This is not UTF-8 text. Save the file as CSV in UTF-8."))
        elif UNSTORABLE.search(cell):
            problems.append(Problem(number, column, "Remove the control characters: they cannot be stored."))
        elif len(cell.strip()) > LONGEST_KEPT:
            problems.append(Problem(number, column, f"This is longer than {LONGEST_KEPT} characters."))
    return problems


def _too_long(number: int, raw: bytes, head: Head) -> Line:
    """The cell in which the limit was reached is the one to look at."""
    row = _forgiving(raw.decode("utf-8", errors="replace"), head.delimiter)
    column = head.columns[len(row) - 1] if len(row) <= len(head.columns) else WHOLE_LINE
    problem = Problem(number, column, f"This line is longer than {LONGEST_LINE} characters.")
    return Line(number, _named(row, head), (problem,))


def _skip_the_rest(file: BinaryIO) -> None:
    while (piece := file.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass
