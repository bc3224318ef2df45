"""The results of a file as a page shows them: as they were recorded, or as they would be judged now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from labs.catalogue import known_under
from labs.entries import Entry, judged, read_entries
from labs.imports.items import CsvImportItem
from labs.judging import Known
from labs.pictures import Line, lines_of
from labs.release import reads_as_patient
from labs.spellings import folded

State = CsvImportItem.State


@dataclass(frozen=True)
class Shown:
    """`lines`: its values as pages show them; none for one that was refused, whose `rows` say what the file says.

    `is_own`: the administrator who looks is its patient, and reads it where patients do.
    """

    item: CsvImportItem
    test: str
    lines: list[Line]
    is_own: bool = False

    @property
    def where(self) -> str:
        first, last = self.item.first_line, self.item.last_line
        return f"{first}" if first == last else f"{first}\u2013{last}"


def shown(items: Sequence[CsvImportItem], *, by: User) -> list[Shown]:
    """Five queries, however many. They are only looked at: what was found now is not kept."""
    now, sent = timezone.now(), {item.pk: _as_sent(item) for item in items if item.state == State.READY}
    names = {folded(entry["name"]) for entries in sent.values() for entry in entries}
    known = known_under(names, at=now) if names else {}
    return [
        Shown(item, _test(item), _lines(item, sent.get(item.pk), known, now), is_own=_is_of(item, by)) for item in items
    ]


def _is_of(item: CsvImportItem, user: User) -> bool:
    patient, doctor = item.patient_id, item.doctor_id
    return bool(patient and doctor and reads_as_patient(user.pk, patient=patient, doctor=doctor))


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
