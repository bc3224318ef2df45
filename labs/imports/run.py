"""Records what a file has ready, one result after another, each in a transaction of its own.

Whoever is killed loses at most the one that was being written: what became of a message and its result are one
transaction, and the row of the message is locked in it, so that two at work on one file do nothing twice.
"""

import logging
from collections.abc import Callable, Iterator
from typing import cast

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction

from accounts.models import Doctor, Patient
from accounts.refusals import Refused
from labs.imports.lines import WHOLE_LINE, Problem
from labs.imports.records import CsvImport, CsvImportItem
from labs.imports.staging import OTHER_CONTENT
from labs.messages import MessageReused
from labs.models import LabOrder
from notifications.dispatch import as_a_whole

logger = logging.getLogger(__name__)
LISTED_AT_ONCE = 100
COLUMN_OF = {"result_data": "value", "test_type": "test", "patient": "patient", "doctor": "doctor", "order": "order"}
UNFORESEEN = "Something unforeseen happened with it, which stands in the log. The others go on."
State = CsvImportItem.State


def go_through(running: CsvImport, *, after_each: Callable[[], bool] = lambda: True) -> bool:
    """Whether all of it is done. `after_each` answers whether to go on.

    Raises OperationalError where the database is gone: call it again.
    """
    for pk in _ready(running):
        _record(pk)
        if not after_each():
            break
    return running.finish_if_done()


def _ready(running: CsvImport) -> Iterator[int]:
    line = 0
    while True:
        waiting = running.items.filter(state=State.READY, first_line__gt=line).order_by("first_line")
        some = list(waiting.values_list("pk", "first_line")[:LISTED_AT_ONCE])
        if not some:
            return
        for pk, line in some:  # noqa: B007  # the last one is where the next page begins
            yield pk


@as_a_whole
def _record(pk: int) -> None:
    people = "run__sender", "patient__user", "doctor__user"
    item = CsvImportItem.objects.select_for_update(of=("self",)).select_related(*people).get(pk=pk)
    if item.state != State.READY:
        return
    try:
        with transaction.atomic():
            _make(item)
    except (OperationalError, InterfaceError):
        raise
    except MessageReused:
        item.refuse([Problem(item.first_line, "message_id", OTHER_CONTENT)])
    except Refused as refused:
        item.refuse([Problem(item.first_line, WHOLE_LINE, refused.detail)])
    except ValidationError as error:
        item.refuse(_problems_in(error, item.first_line))
    except Exception:
        logger.exception("Line %s of %s, import %s", item.first_line, item.run.file_name, item.run_id)
        item.refuse([Problem(item.first_line, WHOLE_LINE, UNFORESEEN)])
    item.save(update_fields=["state", "problems", "result"])


def _make(item: CsvImportItem) -> None:
    message = item.message()
    order = LabOrder.objects.get(pk=message.order_id) if message.order_id else None
    patient, doctor = cast(Patient, item.patient), cast(Doctor, item.doctor)
    received = message.record(by=item.run.sender, patient=patient, doctor=doctor, order=order)
    item.settle(State.KNOWN if received.before else State.RECORDED, received.result)


def _problems_in(error: ValidationError, line: int) -> list[Problem]:
    by_field = error.message_dict if hasattr(error, "error_dict") else {WHOLE_LINE: error.messages}
    return [Problem(line, COLUMN_OF.get(name, WHOLE_LINE), " ".join(texts)) for name, texts in by_field.items()]
