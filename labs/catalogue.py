"""Judges the values of one result by the catalogue as it is at a moment, in a constant number of queries."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from labs.catalogue_models import Analyte, AnalyteName, Category
from labs.classify import Bound, Limits
from labs.judging import Judgement, Known, Patient, judge_value
from labs.limit_bands import LimitBand
from labs.spellings import folded

OTHER_SPECIMEN = re.compile(
    r"\b(urin\w*|ua|24[ -]?h\w*|csf|cerebrospinal|spinal|stool|faec\w+|fec\w+|saliva|sweat|sputum|fluid|pleural"
    r"|ascit\w+|peritoneal|pericardial|amniotic|synovial|dialysate|drain\w*|aspirate|vitreous)\b",
    re.IGNORECASE,
)
NOT_ARTERIAL = re.compile(r"\b(venous|vbg|capillary|cord|mixed)\b", re.IGNORECASE)
UNKNOWN_NAME = "The catalogue does not know an analyte of this name."
FOR_BLOOD = "The catalogue's limits are for blood, and this test names another specimen."
FOR_ARTERIES = "The catalogue's limits are for arterial blood, and this test names other blood."


def judge(
    values: Mapping[str, Mapping[str, Any]],
    *,
    patient_sex: str,
    born: date | None,
    at: datetime,
    decimal_comma: bool = False,
    test_type: str = "",
    known: Mapping[str, Known] | None = None,
) -> dict[str, Judgement]:
    """What each value is: `values` as `read_values` keeps them, judged for the patient's age at that moment.

    A `test_type` that names another specimen keeps the catalogue from judging numbers: its limits are for blood.
    `known`: `known_under` these names at that moment, for who judges many results at once.
    """
    patient = Patient(patient_sex, _age_days(born, at))
    found = known_under(values, at=at) if known is None else known
    of_specimen = {name: _of_specimen(analyte, test_type) for name, analyte in found.items()}
    return {
        name: judge_value(
            parts,
            of_specimen.get(folded(name), UNKNOWN_NAME),
            patient,
            decimal_comma=decimal_comma or bool(parts.get("decimal_comma")),
        )
        for name, parts in values.items()
    }


def known_under(names: Iterable[str], *, at: datetime) -> dict[str, Known]:
    """Folded name -> what is known of its analyte at the moment. Four queries, however many names."""
    found = AnalyteName.objects.filter(folded__in={folded(name) for name in names})
    named = list(found.select_related("analyte").prefetch_related("analyte__units", "analyte__coded_values"))
    limits: dict[int, list[Limits]] = {}
    for band in LimitBand.objects.in_force(at).filter(analyte__in={row.analyte_id for row in named}):
        limits.setdefault(band.analyte_id, []).append(limits_of(band))
    return {row.folded: _known(row.analyte, limits.get(row.analyte_id, [])) for row in named}


def _of_specimen(known: Known, test_type: str) -> Known | str:
    if not known.coded and OTHER_SPECIMEN.search(test_type):
        return FOR_BLOOD
    if known.category == Category.BLOOD_GAS and NOT_ARTERIAL.search(test_type):
        return FOR_ARTERIES
    return known


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


def _bound(at: Decimal | None, operator: str) -> Bound | None:
    return None if at is None else Bound(at, inclusive=operator.endswith("="))


def _known(analyte: Analyte, limits: list[Limits]) -> Known:
    return Known(
        name=analyte.name,
        code=analyte.code,
        loinc=analyte.loinc,
        unit=analyte.unit,
        coded=analyte.kind == Analyte.Kind.CODED,
        category=analyte.category,
        units={unit.spelling: Fraction(unit.times) / Fraction(unit.divided_by) for unit in analyte.units.all()},
        answers={answer.folded: answer.flag for answer in analyte.coded_values.all()},
        limits=tuple(limits),
    )


def _age_days(born: date | None, at: datetime) -> int | None:
    """By the clinic's calendar."""
    return (timezone.localdate(at) - born).days if born else None
