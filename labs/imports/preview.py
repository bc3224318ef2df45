"""The results of a file as a page shows them: as they were recorded, or as they would be judged now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from labs.catalogue import known_under
from labs.entries import Entry, judged, read_entries
from labs.imports.items import CsvImportItem
from labs.judging import Known
from labs.pictures import Line, lines_of
from labs.spellings import folded

State = CsvImportItem.State


@dataclass(frozen=True)
class Shown:
    """`lines`: its values as pages show them; none for one that was refused, whose `rows` say what the file says."""

    item: CsvImportItem
    test: str
    lines: list[Line]

    @property
    def where(self) -> str:
        first, last = self.item.first_line, self.item.last_line
        return f"{first}" if first == last else f"{first}\u2013{last}"


def shown(items: Sequence[CsvImportItem]) -> list[Shown]:
    """Five queries, however many. They are only looked at: what was found now is not kept."""
    now, sent = timezone.now(), {item.pk: _as_sent(item) for item in items if item.state == State.READY}
    names = {folded(entry["name"]) for entries in sent.values() for entry in entries}
    known = known_under(names, at=now) if names else {}
    return [Shown(item, _test(item), _lines(item, sent.get(item.pk), known, now)) for item in items]


def _as_sent(item: CsvImportItem) -> list[Entry]:
    message = item.message()
    return read_entries(message.result_data, decimal_comma=message.decimal_comma)


def _lines(item: CsvImportItem, sent: list[Entry] | None, known: Mapping[str, Known], now: datetime) -> list[Line]:
    if item.result:
        return lines_of(item.result.entries)
    if sent is None or item.patient is None:
        return []
    return lines_of(judged(sent, item.patient, at=now, test_type=_test(item), known=known))


def _test(item: CsvImportItem) -> str:
    return item.rows[0].get("test", "") if item.rows else ""
