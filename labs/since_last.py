"""What is otherwise in a result than the time before, from the flags that both were given."""

from dataclasses import dataclass

from labs.pictures import Line
from labs.previous import Compared

States = tuple[bool | None, bool | None]
"""Before and now: in range, not in range, or None where nobody knows."""


@dataclass(frozen=True)
class SinceLast:
    """`out`: in range before, not now. `back`: the other way. `still`: outside both times. `stayed`: how many in range.

    `unclear`: not classified at one of the two times. What was not measured before is in none.
    """

    out: list[Compared]
    back: list[Compared]
    still: list[Compared]
    unclear: list[Compared]
    stayed: int

    def __bool__(self) -> bool:
        return bool(self.out or self.back or self.still or self.unclear or self.stayed)

    @property
    def changed(self) -> bool:
        return bool(self.out or self.back or self.still or self.unclear)


def since_last(rows: list[Compared]) -> SinceLast:
    found = SinceLast([], [], [], [], sum(_states(row) == (True, True) for row in rows))
    places: dict[States, list[Compared]] = {
        (True, False): found.out,
        (False, True): found.back,
        (False, False): found.still,
    }
    for row in rows:
        before, now = _states(row)
        if row.before and (before is None) != (now is None):
            found.unclear.append(row)
        elif (before, now) in places:
            places[before, now].append(row)
    return found


def _states(row: Compared) -> States:
    return _in_range(row.before), _in_range(row.line)


def _in_range(line: Line | None) -> bool | None:
    return None if line is None or line.flag is None else not line.is_outside
