"""What became of each row of a file, as a CSV file of its own."""

import csv
from collections.abc import Iterator
from io import StringIO

from labs.imports.items import CsvImportItem
from labs.imports.records import CsvImport

COLUMNS = ["first_line", "last_line", "message_id", "outcome", "line", "field", "problem", "result_id"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AT_ONCE = 1000


def report_of(taken: CsvImport) -> str:
    """A row for each result, and for one that was refused a row for each thing that is wrong with it."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in taken.items.defer("rows").iterator(AT_ONCE):
        writer.writerows([_harmless(cell) for cell in row] for row in _rows(item))
    return text.getvalue()


def _rows(item: CsvImportItem) -> Iterator[list[str]]:
    about = [str(item.first_line), str(item.last_line), item.message_id, item.get_state_display()]
    for problem in item.problems:
        yield [*about, str(problem["line"]), problem["field"], problem["text"], ""]
    if not item.problems:
        yield [*about, "", "", "", str(item.result_id or "")]


def _harmless(cell: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
