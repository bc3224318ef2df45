"""What was found the last time."""

from dataclasses import replace

from django.utils.formats import date_format
from django.utils.timezone import localtime

from labs.models import LabResult
from labs.pictures import Line, lines_of

LOOK_BACK = 20


def lines_with_previous(result: LabResult) -> list[Line]:
    """The result's values, each with the one before it of the same name, from the patient's last results."""
    earlier = LabResult.objects.in_force().filter(patient_id=result.patient_id, created_at__lt=result.created_at)
    before: dict[str, tuple[str, str]] = {}
    for created_at, entries in earlier.order_by("-created_at").values_list("created_at", "entries")[:LOOK_BACK]:
        day = date_format(localtime(created_at), "j M Y")
        for entry in entries:
            before.setdefault(entry["name"].casefold(), (entry["value"], day))
    nothing = ("", "")
    return [
        replace(line, previous=value, previous_at=day)
        for line in lines_of(result.result_data)
        for value, day in [before.get(line.name.casefold(), nothing)]
    ]
