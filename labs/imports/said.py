"""What a message in a file says, read as strictly as the API reads it. Pure: who its people are is looked up later."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.fields import parse_uuid, senders_identifier
from labs.imports.groups import Group
from labs.imports.lines import Cells, Line, Problem
from labs.messages import Message
from labs.statuses import ResultStatus
from labs.values import read_values

PARTS = ("value", "unit", "low", "high", "flag")
CRITICAL = {"": False, "false": False, "true": True}
STATUS = {"": ResultStatus.FINAL, "final": ResultStatus.FINAL, "preliminary": ResultStatus.PRELIMINARY}
LONGEST_TEST = 100
Row = dict[str, Any]
"""A line as it is kept: {"line": number, column: what stands there}."""


@dataclass(frozen=True)
class Said:
    """`patient`, `doctor`: as they were written. `problems`: what is wrong with the lines by themselves."""

    message_id: str
    patient: str
    doctor: str
    birth_date: date | None
    test_type: str
    critical: bool
    status: str
    order_id: UUID | None
    values: dict[str, dict[str, str]]
    problems: list[Problem] = field(default_factory=list)

    def message(self, *, patient_id: UUID, doctor_id: UUID, decimal_comma: bool) -> Message:
        return Message(
            patient_id=patient_id,
            doctor_id=doctor_id,
            test_type=self.test_type,
            result_data=self.values,
            critical=self.critical,
            decimal_comma=decimal_comma,
            status=self.status,
            order_id=self.order_id,
            message_id=self.message_id,
        )


def said_by(group: Group, *, decimal_comma: bool) -> Said:
    return _read(group.lines, list(group.problems), decimal_comma)


def said_by_rows(rows: list[Row], *, decimal_comma: bool) -> Said:
    """What was kept of a group that had no problem."""
    lines = [Line(row["line"], {column: row[column] for column in row if column != "line"}) for row in rows]
    return _read(lines, [], decimal_comma)


def rows_of(group: Group) -> list[Row]:
    return [{"line": line.number, **line.cells} for line in group.lines]


def _read(lines: list[Line], problems: list[Problem], decimal_comma: bool) -> Said:
    first = _Cells(lines[0], problems)
    return Said(
        message_id=first.message_id(),
        patient=first.needed("patient"),
        doctor=first.needed("doctor"),
        birth_date=first.birth_date(),
        test_type=first.needed("test", longest=LONGEST_TEST),
        critical=first.one_of("critical", CRITICAL),
        status=first.one_of("status", STATUS),
        order_id=first.order_id(),
        values=_values(lines, problems, decimal_comma),
        problems=problems,
    )


class _Cells:
    """The cells of a line; what is wrong with one goes to `problems`, once."""

    def __init__(self, line: Line, problems: list[Problem]) -> None:
        self.line, self.problems = line, problems

    def blame(self, column: str, text: str) -> None:
        known = {(problem.line, problem.field) for problem in self.problems}
        if not known & {(self.line.number, column), (self.line.number, "line")}:
            self.problems.append(Problem(self.line.number, column, text))

    def get(self, column: str) -> str:
        return self.line.cells.get(column, "")

    def needed(self, column: str, longest: int | None = None) -> str:
        text = self.get(column)
        if not text:
            self.blame(column, "This is missing.")
        if longest and len(text) > longest:
            self.blame(column, f"This is longer than {longest} characters.")
        return text

    def message_id(self) -> str:
        text = self.get("message_id")
        if not text:
            self.blame("message_id", "Without an id of its sender nobody could say whether it came before.")
            return text
        try:
            senders_identifier(text)
        except ValidationError as error:
            self.blame("message_id", error.messages[0])
        return text

    def birth_date(self) -> date | None:
        text = self.get("birth_date")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.blame("birth_date", f"{text[:40]!r} is no date. Write it like 1961-05-03.")
            return None

    def order_id(self) -> UUID | None:
        text = self.get("order")
        found = parse_uuid(text) if text else None
        if text and found is None:
            self.blame("order", "This is no id of an order.")
        return found

    def one_of(self, column: str, known: dict[str, Any]) -> Any:
        text = self.get(column).lower()
        if text not in known:
            self.blame(column, f"Write {' or '.join(filter(None, known))}, or leave it empty.")
        return known.get(text, known[""])


def _values(lines: list[Line], problems: list[Problem], decimal_comma: bool) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for line in lines:
        cells = _Cells(line, problems)
        name = cells.needed("name")
        if name in values:
            cells.blame("name", f"{name[:100]} stands in this result already.")
        elif name:
            values[name] = {part: cells.get(part) for part in PARTS if cells.get(part)}
            if fault := _fault(name, values[name], decimal_comma):
                cells.blame(*fault)
    return values


def _fault(name: str, parts: Cells, decimal_comma: bool) -> tuple[str, str] | None:
    """The column that the catalogue's form does not take, and why."""
    text = _refusal(name, parts, decimal_comma)
    if text is None:
        return None
    if _refusal(name, {"value": "1"}, decimal_comma):
        return "name", text
    for part in PARTS:
        alone = {"value": "1", part: parts.get(part, "")}
        if alone_text := _refusal(name, alone, decimal_comma):
            return part, alone_text
    return "low", text


def _refusal(name: str, parts: Cells, decimal_comma: bool) -> str | None:
    try:
        read_values({name: parts}, decimal_comma=decimal_comma)
    except ValidationError as error:
        return " ".join(error.messages)
    return None
