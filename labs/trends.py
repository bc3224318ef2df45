"""One analyte of one patient over time, and the newest of every one, for who may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Patient, User
from labs.catalogue_models import Analyte
from labs.limit_bands import LimitBand
from labs.models import LabValue
from labs.pictures import Line, line_of
from labs.plain_words import Plain, plain_words
from labs.previous import LOOK_BACK, latest
from labs.references import Limit, Reference
from labs.trend_pictures import Picture, Point, Spark, picture_of, spark_of

MOST = 200
PERIODS = {"": ("All", None), "1y": ("1 year", timedelta(days=366)), "3m": ("3 months", timedelta(days=92))}
"""What stands in the address -> its words and how far back it goes."""
NOT_KNOWN = "Not in the catalogue"


@dataclass(frozen=True)
class Trend:
    """`points` are the newest first. `more`: there are earlier ones than these."""

    analyte: Analyte
    points: list[Point]
    picture: Picture | None
    more: bool

    @property
    def plain(self) -> Plain | None:
        return plain_words(self.analyte.loinc)

    @property
    def told(self) -> str:
        """The picture in words: how many, since when, between what, and the newest with its flag."""
        return _told(self, "flag_words")

    @property
    def gently_told(self) -> str:
        return _told(self, "gentle_words")

    @property
    def limits(self) -> Reference | None:
        """Of the newest value that has any."""
        return next((point.limits for point in self.points if point.limits), None)


def trend_of(patient: Patient, analyte: Analyte, *, by: User, period: str = "") -> Trend | None:
    """None where `by` may see no such value at all. Two queries, however many values."""
    values = LabValue.objects.filter(patient=patient, analyte=analyte).visible_to(by).in_force()
    rows = list(values.with_entries().order_by("-at", "-pk")[: MOST + 1])
    if not rows:
        return None
    _, back = PERIODS.get(period, PERIODS[""])
    since = timezone.now() - back if back else None
    shown = [row for row in rows[:MOST] if since is None or row.at >= since]
    limits = _limits_of(shown)
    points = [_point(row, limits) for row in shown]
    return Trend(analyte, points, picture_of(points[::-1]), more=len(rows) > MOST and len(shown) == MOST)


def _point(row: LabValue, limits: dict[int, Reference]) -> Point:
    """Values that several limits could have judged, which are not the same, have none in the picture."""
    line, judged_by = line_of(row.entry), row.entry.get("judged_by") or []
    canonical = row.entry.get("canonical")
    return Point(
        at=row.at,
        line=line,
        result_id=row.result_id,
        number=None if canonical is None else Decimal(canonical),
        limits=limits.get(judged_by[0]) if judged_by and line.reference else None,
    )


def _limits_of(rows: list[LabValue]) -> dict[int, Reference]:
    """Exactly, and in the catalogue's unit; the values keep them in the unit they were sent in."""
    wanted = {band for row in rows for band in (row.entry.get("judged_by") or [])[:1]}
    bands = LimitBand.objects.filter(pk__in=wanted).select_related("analyte")
    return {band.pk: _reference(band) for band in bands}


def _reference(band: LimitBand) -> Reference:
    return Reference(
        low=_limit(band.low, band.low_operator),
        high=_limit(band.high, band.high_operator),
        critical_low=_limit(band.critical_low, band.critical_low_operator),
        critical_high=_limit(band.critical_high, band.critical_high_operator),
        unit=band.analyte.unit,
        source=band.source,
        version=band.version,
        approved=band.approved_at is not None,
    )


def _limit(at: Decimal | None, operator: str) -> Limit | None:
    return None if at is None else Limit(f"{at.normalize():f}", operator)


def _told(trend: Trend, words: str) -> str:
    drawn = [(point.number, point) for point in trend.points if point.number is not None]
    if not drawn:
        return "No value that can be drawn."
    (_, newest), (_, oldest) = drawn[0], drawn[-1]
    said = getattr(newest.line, words)
    told = f"The newest, of {_day(newest.at)}: {_written(trend, newest)}, {said[0].lower()}{said[1:]}."
    if len(drawn) == 1:
        return told
    least, most = (extreme(drawn, key=lambda one: one[0])[1] for extreme in (min, max))
    since = f"{len(drawn)} values since {_day(oldest.at)}, between {least.written} and {_written(trend, most)}."
    return f"{since} {told}"


def _written(trend: Trend, point: Point) -> str:
    return " ".join(filter(None, [point.written, trend.analyte.unit]))


def _day(at: datetime) -> str:
    return timezone.localdate(at).strftime("%-d %B %Y")


@dataclass(frozen=True)
class Newest:
    """The newest value of an analyte, or of a name that the catalogue does not know."""

    value: LabValue
    line: Line
    spark: Spark | None

    @property
    def name(self) -> str:
        return self.value.analyte.name if self.value.analyte else self.line.name

    @property
    def trend_code(self) -> str:
        return self.value.analyte.code if self.value.analyte else ""

    @property
    def category(self) -> str:
        return self.value.analyte.get_category_display() if self.value.analyte else NOT_KNOWN


def newest_values(patient: Patient, *, by: User) -> list[tuple[str, list[Newest]]]:
    """By category of the catalogue, in each by name. One query."""
    values: QuerySet[Any] = LabValue.objects.filter(patient=patient).visible_to(by).in_force()
    rows = [
        Newest(found[0], line_of(found[0].entry), spark_of([value.entry for value in reversed(found)]))
        for found in latest(values, LOOK_BACK).values()
    ]
    rows.sort(key=lambda row: (row.category == NOT_KNOWN, row.category, row.name.casefold()))
    return [(category, list(group)) for category, group in groupby(rows, key=lambda row: row.category)]
