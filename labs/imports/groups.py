"""Lines that say one message: the values of a result, one a line. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from labs.imports.lines import Line, Problem
from labs.values import MOST_VALUES

OF_THE_RESULT = ("patient", "birth_date", "doctor", "test", "critical", "status", "order")
"""What every line of a message says alike."""


@dataclass
class Group:
    """`lines` are MOST_VALUES at most, however many there were."""

    message_id: str
    first_line: int
    last_line: int = 0
    count: int = 0
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.last_line, self.count = line.number, self.count + 1
        if len(self.lines) < MOST_VALUES:
            self.problems += [*line.problems, *self._differs(line)]
            self.lines.append(line)
        elif self.count == MOST_VALUES + 1:
            self.problems.append(Problem(line.number, "line", f"A result holds {MOST_VALUES} values at most."))

    def _differs(self, line: Line) -> Iterator[Problem]:
        first = self.lines[0] if self.lines else line
        for column in OF_THE_RESULT:
            if line.cells.get(column, "") != first.cells.get(column, ""):
                yield Problem(line.number, column, f"Line {first.number} of the same message says another one.")


def groups_of(lines: Iterable[Line]) -> Iterator[Group]:
    """Neighbours with one message id are one; a line without any stands for itself."""
    current: Group | None = None
    for line in lines:
        message_id = line.cells.get("message_id", "")
        if current and (not message_id or message_id != current.message_id):
            yield current
            current = None
        current = current or Group(message_id, line.number)
        current.add(line)
        if not message_id:
            yield current
            current = None
    if current:
        yield current
