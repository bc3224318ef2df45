"""What a patient is told of a result that they do not see yet, in plain words. Never the doctor's own reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from labs.holds import ResultHold
from labs.release import Standing

if TYPE_CHECKING:
    from labs.models import LabResult

MOST = 50
HELD = "A doctor holds this result back."
WAITS = "You chose to see results of this kind after your doctor has commented."


@dataclass(frozen=True)
class Told:
    """`when` they see it, in a few words; `why` not yet, in a sentence or two."""

    result: "LabResult"
    standing: Standing
    when: str
    why: str


def told_of(result: "LabResult") -> Told:
    """Of one that its patient does not see now."""
    standing = result.release
    return _told(result, standing, result.open_hold if standing.is_held else None)


def told_each(results: "Iterable[LabResult]") -> list[Told]:
    """The same of many that were asked for `with_release`; one query more, and 50 at most."""
    rows = list(results)[:MOST]
    holds = ResultHold.objects.in_force().filter(original__in=[row.first_id for row in rows])
    by_first = {hold.original_id: hold for hold in holds}
    return [_told(row, row.release, by_first.get(row.first_id)) for row in rows]


def _told(result: "LabResult", standing: Standing, hold: ResultHold | None) -> Told:
    """The ground of the law is the patient's to know; the reason stays with doctors and auditors."""
    if standing.is_held and standing.until:
        until = timezone.localtime(standing.until)
        why = f"{HELD} {hold.ground.told}" if hold else HELD
        return Told(result, standing, f"You see it on {until:%-d %B %Y at %H:%M}", why)
    return Told(result, standing, f"You see it when {result.doctor.display_name} has looked at it", WAITS)
