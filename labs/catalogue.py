"""Judges the values of one result by the catalogue as it is at a moment, in a constant number of queries."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from labs.catalogue_models import Category
from labs.judging import Judgement, Known, Patient, judge_value
from labs.kept_catalogue import catalogue
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
    """Folded name -> what is known of its analyte at the moment. One query, unless the catalogue was changed."""
    kept = catalogue()
    wanted = {folded(name) for name in names}
    return {name: known for name in wanted if (known := kept.known(name, at))}


def _of_specimen(known: Known, test_type: str) -> Known | str:
    if not known.coded and OTHER_SPECIMEN.search(test_type):
        return FOR_BLOOD
    if known.category == Category.BLOOD_GAS and NOT_ARTERIAL.search(test_type):
        return FOR_ARTERIES
    return known


def _age_days(born: date | None, at: datetime) -> int | None:
    """By the clinic's calendar."""
    return (timezone.localdate(at) - born).days if born else None
