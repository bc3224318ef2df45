"""What each fault did to the notifications, said in one way, and the bar: received = expected, none shown twice."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.reader import Reader, wait_for
from tests.faults.scale import LONG, SEED

HEADINGS = ("fault", "seed", "expected", "received", "duplicates shown", "")


@dataclass(frozen=True)
class Row:
    fault: str
    expected: int
    received: int
    duplicates: int
    note: str

    def cells(self) -> tuple[str, ...]:
        counts = (f"{number:,}" for number in (self.expected, self.received, self.duplicates))
        return (self.fault, str(SEED), *counts, self.note)


rows: list[Row] = []
"""Of this run, in its order; the end of the run prints them all."""


def report(fault: str, *, expected: int, received: int, duplicates: int, note: str = "") -> None:
    """Keeps and prints the row, then holds it to the bar. `received` counts each notification once."""
    row = Row(fault, expected, received, duplicates, note)
    rows.append(row)
    print(f"{fault}: seed {SEED}, expected {expected}, received {received}, duplicates shown {duplicates}. {note}")
    assert (received, duplicates) == (expected, 0), row


def everything_was_shown_once(
    fault: str, readers: Reader | Sequence[Reader], *, timeout: float = 30, note: str = ""
) -> None:
    """Waits until each reader has shown all that was committed on its channels since it began, and reports.

    What was committed is asked of the database, which no writer's own count can make smaller.
    """
    everybody = [readers] if isinstance(readers, Reader) else list(readers)
    expected = {reader: reader.committed() for reader in everybody}
    assert all(expected.values()), "a reader for whom nothing was written proves nothing"
    wait_for(lambda: all(expected[reader] <= set(reader.shown_ids) for reader in everybody), timeout)
    lacking = [
        f"client {number} lacks {len(missing)} of {len(expected[reader])}; {reader.closes=}, {reader.errors=}"
        for number, reader in enumerate(everybody)
        if (missing := expected[reader] - set(reader.shown_ids))
    ]
    report(
        fault,
        expected=sum(len(expected[reader]) for reader in everybody),
        received=sum(len(expected[reader] & set(reader.shown_ids)) for reader in everybody),
        duplicates=sum(len(reader.shown_ids) - len(set(reader.shown_ids)) for reader in everybody),
        note="; ".join([note, *lacking]),
    )
    for reader in everybody:
        assert set(reader.shown_ids) == expected[reader], "something was shown that was never committed"
        reader.assert_in_order()


def table() -> list[str]:
    """The rows as a table that can be pasted into docs/reliability.md."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(row.cells() for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def headline() -> str:
    how = "at length" if LONG else "bounded (times are scaled down, `make faults` has them at length)"
    machine = f"{os.cpu_count()} processors, load {os.getloadavg()[2]:.1f}, Python {platform.python_version()}"
    return f"faults, {how}; {machine}; again with FAULTS_SEED={SEED}"
