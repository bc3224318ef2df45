"""Each value of a result with those of the same analyte before it, for who may see them."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.models import User
from labs.amounts import Difference, difference
from labs.models import LabResult, LabValue
from labs.normality import worst_first
from labs.pictures import Line, line_of
from labs.trend_pictures import Spark, spark_of

LOOK_BACK = 8


@dataclass(frozen=True)
class Compared:
    """A value with the latest ones before it, the newest first; of an analyte of the catalogue, or of a name only."""

    line: Line
    value: LabValue | None
    earlier: list[LabValue]

    @cached_property
    def before(self) -> Line | None:
        return line_of(self.earlier[0].entry) if self.earlier else None

    @property
    def previous(self) -> LabValue | None:
        return self.earlier[0] if self.earlier else None

    @cached_property
    def difference(self) -> Difference | None:
        return difference(self.before, self.line) if self.before else None

    @property
    def days_between(self) -> int:
        """By the clinic's calendar."""
        if self.value is None or self.previous is None:
            return 0
        return (timezone.localdate(self.value.at) - timezone.localdate(self.previous.at)).days

    @property
    def medical_name(self) -> str:
        """The catalogue's, where the value was sent under another."""
        name = self.value.analyte.name if self.value and self.value.analyte else ""
        return name if name.casefold() != self.line.name.casefold() else ""

    @property
    def trend_code(self) -> str:
        """Of the trend's page; an empty text where there is none, or one value only."""
        return self.value.analyte.code if self.value and self.value.analyte and self.earlier else ""

    @cached_property
    def spark(self) -> Spark | None:
        entries = [value.entry for value in reversed(self.earlier)]
        return spark_of([*entries, self.line.entry])


def compared(result: LabResult, *, by: User) -> list[Compared]:
    """The most urgent first. Two queries, however many values."""
    own = {value.position: value for value in result.index.select_related("analyte")}
    earlier = _before(result, list(own.values()), by) if own else {}
    positions = {entry["name"]: position for position, entry in enumerate(result.entries)}
    found = []
    for entry in worst_first(result.entries):
        value = own.get(positions[entry["name"]])
        found.append(Compared(line_of(entry), value, earlier.get(value.key, []) if value else []))
    return found


def _before(result: LabResult, own: list[LabValue], by: User) -> dict[tuple[int | None, str], list[LabValue]]:
    wanted = Q(analyte__in={value.analyte_id for value in own if value.analyte_id})
    wanted |= Q(analyte=None, name__in={value.name for value in own if value.name})
    values = LabValue.objects.filter(wanted, patient_id=result.patient_id, at__lt=own[0].at)
    return latest(values.visible_to(by).in_force(), LOOK_BACK)


def latest(values: "QuerySet[LabValue]", most: int) -> dict[tuple[int | None, str], list[LabValue]]:
    """Of each analyte, or name, the newest, newest first, with their entries. One query."""
    nth = Window(RowNumber(), partition_by=[F("analyte"), F("name")], order_by=[F("at").desc(), F("pk").desc()])
    rows = values.with_entries().annotate(nth=nth).filter(nth__lte=most)  # type: ignore[attr-defined]
    found: dict[tuple[int | None, str], list[LabValue]] = {}
    for value in rows.select_related("analyte").order_by("-at", "-pk"):
        found.setdefault(value.key, []).append(value)
    return found
