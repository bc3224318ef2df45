"""A sent value against what the catalogue knows of its analyte, and what its sender says. Pure: no database."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from labs.classify import Bound, Finding, Limits, classify
from labs.readings import Reading, plain, read
from labs.spellings import folded, unit_key

SEVERITY = {None: 0, "N": 1, "L": 2, "H": 2, "A": 2, "LL": 3, "HH": 3, "AA": 3}
CRITICAL_FLAGS = frozenset({"LL", "HH", "AA"})
CATALOGUE_UNIT = Fraction(1)
KEPT_DIGITS, SHOWN_DIGITS = 12, 4
FLAG_WORDS = {
    "N": "normal", "L": "low", "H": "high", "A": "abnormal",
    "LL": "critical low", "HH": "critical high", "AA": "critical",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What the catalogue knows of an analyte. `units`: accepted spelling -> what a value in it is multiplied with."""

    name: str
    code: str
    loinc: str | None
    unit: str
    coded: bool
    category: str
    units: Mapping[str, Fraction] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Limits, ...] = ()


@dataclass(frozen=True)
class Patient:
    """`age_days` is None where it is not known; every `sex` but female and male counts as unknown."""

    sex: str
    age_days: int | None


@dataclass(frozen=True)
class Judgement:
    """What one value was found to be, once.

    `flag`: N, L, H, LL, HH, A, AA, or None with `why`. `reference`: the bounds as texts, in the unit that was sent
    where that converts. `canonical`: the number as a text in the catalogue's unit; None where it does not convert, or
    is no exact number. `reasons`: what its sender said of it that is not normal.
    `judged_by`: ids of the LimitBand rows that could apply, all of which agreed where there is a flag.
    """

    flag: str | None
    why: str = ""
    name: str | None = None
    analyte: str | None = None
    loinc: str | None = None
    category: str | None = None
    canonical: str | None = None
    canonical_unit: str | None = None
    reference: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    judged_by: tuple[int, ...] = ()

    def as_kept(self) -> dict[str, Any]:
        """In a result's entry, beside what was sent."""
        kept = asdict(self)
        kept.pop("name")
        return {**kept, "reasons": list(self.reasons), "judged_by": list(self.judged_by)}


def judge_value(parts: Mapping[str, Any], known: Known | str, patient: Patient, *, decimal_comma: bool) -> Judgement:
    """`known` is a sentence where the catalogue cannot say which analyte it is."""
    ours = _unknown(known) if isinstance(known, str) else _ours(parts, known, patient, decimal_comma)
    return with_senders_word(ours, parts, decimal_comma=decimal_comma)


def _unknown(why: str) -> Judgement:
    return Judgement(None, why)


def _ours(parts: Mapping[str, Any], known: Known, patient: Patient, decimal_comma: bool) -> Judgement:
    about: dict[str, Any] = {
        "name": known.name, "analyte": known.code, "loinc": known.loinc, "category": known.category,
    }  # fmt: skip
    if known.coded:
        flag = known.answers.get(folded(str(parts["value"])))
        return Judgement(flag, "" if flag else f"The catalogue does not know this answer for {known.name}.", **about)
    reading = read(str(parts["value"]), decimal_comma=decimal_comma)
    if isinstance(reading, str):
        return Judgement(None, reading, **about)
    factor = factor_of(reading, parts, known)
    if isinstance(factor, str):
        return Judgement(None, factor, **about)
    finding = classify(reading.span(factor), known.limits, sex=patient.sex, age_days=patient.age_days)
    return Judgement(
        finding.flag,
        finding.why,
        canonical=None if reading.sign else _in_catalogue_unit(reading.number, factor),
        canonical_unit=known.unit,
        reference=_reference(finding, reading.unit or parts["unit"] or known.unit, factor),
        judged_by=tuple(limits.band for limits in finding.limits if limits.band is not None),
        **about,
    )


def factor_of(reading: Reading, parts: Mapping[str, Any], known: Known) -> Fraction | str:
    """How the value becomes one in the catalogue's unit, or a sentence that says why it cannot.

    No unit at all is the catalogue's where the value came in the plain form, or where the analyte has none.
    """
    accepted = {**known.units, unit_key(known.unit): CATALOGUE_UNIT}
    written = [unit for unit in (reading.unit, parts["unit"] or "") if unit]
    if not written:
        safe = parts.get("plain") or not known.unit
        return CATALOGUE_UNIT if safe else f"No unit was sent; the catalogue has {known.name} in {known.unit}."
    for unit in written:
        if unit_key(unit) not in accepted:
            return f"The catalogue does not know the unit {unit} for {known.name}."
    factors = {accepted[unit_key(unit)] for unit in written}
    return factors.pop() if len(factors) == 1 else "The unit beside the value contradicts the one in it."


def with_senders_word(ours: Judgement, parts: Mapping[str, Any], *, decimal_comma: bool) -> Judgement:
    """Raised to what its sender says of it, by a flag or by a range. It is never lowered, and never made normal."""
    said = [
        (flag, reason)
        for flag, reason in (
            (parts.get("sent_flag"), f"Its sender flagged it {parts.get('sent_flag')}."),
            (_by_sent_range(parts, decimal_comma), "It is outside of the range that was sent with it."),
        )
        if flag not in (None, "N")
    ]
    reasons = tuple(reason for _, reason in said)
    flag = max([ours.flag, *(flag for flag, _ in said)], key=SEVERITY.__getitem__)
    if flag == ours.flag:
        return replace(ours, reasons=reasons)
    here = f"By the catalogue it is {FLAG_WORDS[ours.flag]}." if ours.flag else f"Not classified here: {ours.why}"
    return replace(ours, flag=flag, why=" ".join([here, *reasons]), reasons=reasons)


def _by_sent_range(parts: Mapping[str, Any], decimal_comma: bool) -> str | None:
    """None where the value is in two units, or the range cannot be read, or ends before it begins."""
    reading = read(str(parts["value"]), decimal_comma=decimal_comma)
    if isinstance(reading, str) or (
        reading.unit and parts["unit"] and unit_key(reading.unit) != unit_key(parts["unit"])
    ):
        return None
    low, high = (plain(parts[name], decimal_comma=decimal_comma) for name in ("low", "high"))
    if low is not None and high is not None and low > high:
        return None
    first, last = reading.span()
    if low is not None and last < (low, 0):
        return "L"
    return "H" if high is not None and first > (high, 0) else None


def _reference(finding: Finding, unit: str, factor: Fraction) -> dict[str, Any] | None:
    """None where limits could apply that are not the same."""
    if not finding.limits or any(limits.bounds != finding.limits[0].bounds for limits in finding.limits):
        return None
    limits = finding.limits[0]
    named = zip(("low", "high", "critical_low", "critical_high"), limits.bounds, strict=True)
    said = {name: _bound_text(bound, name, factor) for name, bound in named}
    approved = all(limits.approved for limits in finding.limits)
    return {**said, "unit": unit, "version": limits.version, "source": limits.source, "approved": approved}


def _bound_text(bound: Bound | None, name: str, factor: Fraction) -> dict[str, str] | None:
    """To be read: in another unit than the catalogue's it is rounded. What was judged by is exact."""
    if bound is None:
        return None
    sign = "<" if name.endswith("low") else ">"
    value = bound.at if factor == CATALOGUE_UNIT else _times(bound.at, 1 / factor, digits=SHOWN_DIGITS)
    return {"value": _trimmed(value), "operator": sign + ("=" if bound.inclusive else "")}


def _in_catalogue_unit(number: Decimal, factor: Fraction) -> str:
    """With its precision as it was sent where nothing is converted."""
    if factor == CATALOGUE_UNIT:
        return f"{number:f}"
    return _trimmed(_times(number, factor, digits=KEPT_DIGITS))


def _times(number: Decimal, factor: Fraction, *, digits: int) -> Decimal:
    """Rounded once, at the end."""
    product = Fraction(number) * factor
    with localcontext() as rounded:
        rounded.prec = digits + 40
        quotient = Decimal(product.numerator) / product.denominator
        rounded.prec = digits
        return +quotient


def _trimmed(number: Decimal) -> str:
    return f"{number.normalize():f}"
