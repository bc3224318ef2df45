"""A file becomes rows to look at: each of its results as it was understood, or what is wrong with it and where."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from django.core.exceptions import ValidationError

from labs.imports.groups import Group, groups_of
from labs.imports.lines import Problem, read_head, read_lines
from labs.imports.people import Directory
from labs.imports.records import CsvImport, CsvImportItem
from labs.imports.said import Said, rows_of, said_by

AT_ONCE = 200
OTHER_CONTENT = "It is on record with another content, and nothing was changed. Correct that result, or use a new id."
TORN = "Line {} has this message id too. The lines of one result stand together, and no other result has its id."


def stage(taken: CsvImport, file: BinaryIO) -> None:
    """In the caller's transaction. Raises ValidationError where the file is no table of results, or an empty one."""
    head = read_head(file)
    taken.columns = list(head.columns)
    taken.save(force_insert=True)
    groups = groups_of(read_lines(file, head))
    while some := list(islice(groups, AT_ONCE)):
        taken.lines += sum(group.count for group in some)
        _keep(taken, some)
    if not taken.lines:
        raise ValidationError("There is nothing below line 1.")
    taken.save(update_fields=["lines"])


def _keep(taken: CsvImport, groups: Sequence[Group]) -> None:
    """So many results that what they name is looked up at once, and so few that they fit in memory."""
    all_said = [said_by(group, decimal_comma=taken.decimal_comma) for group in groups]
    directory = Directory(all_said, taken.sender)
    items = [_item(taken, group, said, directory) for group, said in zip(groups, all_said, strict=True)]
    ids = {item.message_id for item in items if item.message_id}
    torn = list(_torn([*taken.items.filter(message_id__in=ids), *items]))
    CsvImportItem.objects.bulk_update([item for item in torn if item.pk], ["state", "problems", "result"])
    CsvImportItem.objects.bulk_create(items)


def _item(taken: CsvImport, group: Group, said: Said, directory: Directory) -> CsvImportItem:
    named = directory.look_up(said, group.first_line)
    item = CsvImportItem(
        run=taken,
        first_line=group.first_line,
        last_line=group.last_line,
        message_id=said.message_id,
        rows=rows_of(group),
        patient=named.patient,
        doctor=named.doctor,
    )
    if problems := [*said.problems, *named.problems]:
        item.refuse(sorted(problems, key=lambda problem: problem.line))
    elif kept := directory.results.get(said.message_id):
        if item.message().is_what_was_sent_as(kept):
            item.settle(CsvImportItem.State.KNOWN, kept)
        else:
            item.refuse([Problem(group.first_line, "message_id", OTHER_CONTENT)])
    return item


def _torn(items: Iterable[CsvImportItem]) -> Iterator[CsvImportItem]:
    """Each that shares its message id with another one of the file: which of them is whole, nobody can know."""
    first: dict[str, CsvImportItem] = {}
    for item in items:
        if not item.message_id:
            continue
        other = first.setdefault(item.message_id, item)
        if other is not item:
            for one, beside in ((other, item), (item, other)):
                one.refuse([Problem(one.first_line, "message_id", TORN.format(beside.first_line))], add=True)
                yield one
