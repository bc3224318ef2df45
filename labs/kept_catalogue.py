"""The catalogue as this process keeps it, for as long as nobody has changed it.

Judging asks for it with every result. The database gives `CatalogueStamp` another value whenever a row of the
catalogue is added, changed or removed (triggers, migration 0091), in the same transaction: one question says whether
what is kept is still what stands there. models.py makes the stamp known to Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from labs.catalogue_models import Analyte, AnalyteName
from labs.classify import Bound, Limits
from labs.judging import Known
from labs.limit_bands import LimitBand


class CatalogueStamp(models.Model):
    """One row. Written by the database alone."""

    id = models.SmallAutoField(primary_key=True)
    value = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_stamp_is_one")]

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Kept:
    """`names`: folded name -> analyte. `bands`: analyte -> its limits, each with the time that it is in force."""

    stamp: UUID | None
    names: Mapping[str, int]
    analytes: Mapping[int, Known]
    bands: Mapping[int, list[tuple[datetime, datetime | None, Limits]]]

    def known(self, folded_name: str, at: datetime) -> Known | None:
        """With the limits that are in force at that moment."""
        analyte = self.names.get(folded_name)
        if analyte is None:
            return None
        bands = self.bands.get(analyte, [])
        limits = tuple(limits for since, until, limits in bands if since <= at and (until is None or until > at))
        return replace(self.analytes[analyte], limits=limits)


_kept: list[Kept] = []


def catalogue() -> Kept:
    """One query; six more for the first to ask after a change."""
    stamp = _stamp()
    while not (_kept and stamp and _kept[0].stamp == stamp):
        read = _read(stamp)
        newest = _stamp()
        if newest is None:
            return read
        if newest == stamp:
            _kept[:] = [read]
            return read
        stamp = newest  # it changed while we read: what we have may be half of each
    return _kept[0]


def _stamp() -> UUID | None:
    return CatalogueStamp.objects.values_list("value", flat=True).first()


def _read(stamp: UUID | None) -> Kept:
    bands: dict[int, list[tuple[datetime, datetime | None, Limits]]] = {}
    for band in LimitBand.objects.all():
        bands.setdefault(band.analyte_id, []).append((band.effective_from, band.effective_until, limits_of(band)))
    return Kept(
        stamp,
        names=dict(AnalyteName.objects.values_list("folded", "analyte_id")),
        analytes={analyte.pk: _known(analyte) for analyte in _analytes()},
        bands=bands,
    )


def _analytes() -> Any:
    return Analyte.objects.prefetch_related("units", "coded_values")


def limits_of(band: LimitBand) -> Limits:
    return Limits(
        sex=band.sex,
        age_from=band.age_from_days,
        age_until=band.age_until_days,
        low=_bound(band.low, band.low_operator),
        high=_bound(band.high, band.high_operator),
        critical_low=_bound(band.critical_low, band.critical_low_operator),
        critical_high=_bound(band.critical_high, band.critical_high_operator),
        no_low=band.no_low,
        no_high=band.no_high,
        version=band.version,
        source=band.source,
        approved=band.approved_at is not None,
        band=band.pk,
    )


def _bound(at: Any, operator: str) -> Bound | None:
    return None if at is None else Bound(at, inclusive=operator.endswith("="))


def _known(analyte: Analyte) -> Known:
    return Known(
        name=analyte.name,
        code=analyte.code,
        loinc=analyte.loinc,
        unit=analyte.unit,
        coded=analyte.kind == Analyte.Kind.CODED,
        category=analyte.category,
        units={unit.spelling: Fraction(unit.times) / Fraction(unit.divided_by) for unit in analyte.units.all()},
        answers={answer.folded: answer.flag for answer in analyte.coded_values.all()},
    )
