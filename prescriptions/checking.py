"""May these be taken together, and by this patient? Says what was checked, what was found, and what could not be."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Patient
from prescriptions.checks import (
    ALERTS,
    CLEAR,
    NOT_CHECKED,
    Alert,
    Allergen,
    Check,
    NotChecked,
    Ran,
    Taken,
    wire_time,
)
from prescriptions.loading import rule_book
from prescriptions.matching import Drug, Reading
from prescriptions.models import Allergy, Prescription
from prescriptions.rule_book import Rule, RuleBook
from prescriptions.rules import WORST_FIRST

NO_RULE_SET = "There is no rule set in force."
UNCODED = "The allergy has no code that the rule set knows, so no rule can be asked about it."
EMPTY_CLASS = "The rule set has no drug of this class, so hardly any rule can speak of it."


def check(medications: Sequence[str], patient: Patient | None = None, *, leaving_out: UUID | None = None) -> Check:
    """The medications with each other and, of a patient, with their allergies and what they have in use or on hold.

    `leaving_out` is the prescription that is itself asked about, so that it is not counted twice.
    One query; with a patient three. Eleven more when the rules have changed since this process last looked.
    """
    taken = [Taken(text) for text in medications]
    if patient is None:
        return check_against(rule_book(), taken)
    current = Prescription.objects.current().filter(patient=patient)
    if leaving_out:
        current = current.exclude(pk=leaving_out)
    taken += [Taken(text, is_new=False) for text in current.values_list("medication", flat=True)]
    on_record = Allergy.objects.current().filter(patient=patient).select_related("ingredient", "drug_class")
    allergies = [
        Allergen(one.substance, one.code, one.reaction, one.severity == Allergy.Severity.SEVERE) for one in on_record
    ]
    return check_against(rule_book(), taken, allergies)


def check_against(book: RuleBook | None, taken: Sequence[Taken], allergies: Sequence[Allergen] | None = None) -> Check:
    """The pure core: `allergies` is None where it is not about a patient."""
    now = timezone.now()
    on = timezone.localdate(now)
    covers = ("interactions", "duplicates") if allergies is None else ("interactions", "duplicates", "allergies")
    readings = [book.names.read(one.text) if book else Reading(one.text, why=NO_RULE_SET) for one in taken]
    alerts = sorted(_alerts(book, taken, readings, allergies or (), on), key=_worst_first) if book else []
    unchecked = list(_unchecked(book, readings, allergies, covers, on))
    status = ALERTS if alerts else NOT_CHECKED if unchecked else CLEAR
    return Check(
        status=status,
        alerts=tuple(alerts),
        not_checked=tuple(unchecked),
        rule_set=_rule_set(book),
        checked_at=now,
        medications=tuple(_ran(one, reading) for one, reading in zip(taken, readings, strict=True)),
        allergies=None if allergies is None else tuple(map(str, allergies)),
        covers=covers,
        summary=_summary(status, alerts, unchecked, allergies),
        fingerprint=_fingerprint(book, taken, allergies, on),
    )


def _ran(one: Taken, reading: Reading) -> Ran:
    names = dict.fromkeys(drug.name for drug in reading.drugs)
    return Ran(one.text, tuple(names), tuple(sorted(reading.ingredients)), one.is_new)


def _rule_set(book: RuleBook | None) -> dict[str, Any] | None:
    if book is None:
        return None
    effective = wire_time(book.version.effective)
    return {"version": book.version.number, "effective": effective, "label": book.version.label}


def _alerts(
    book: RuleBook, taken: Sequence[Taken], readings: list[Reading], allergies: Iterable[Allergen], on: date
) -> Iterator[Alert]:
    where: dict[str, set[int]] = {}
    times: Counter[str] = Counter()
    products: dict[str, set[tuple[int, Drug]]] = {}
    for place, reading in enumerate(readings):
        for drug in reading.drugs:
            times.update(drug.ingredients)
            for name in drug.ingredients:
                where.setdefault(name, set()).add(place)
                products.setdefault(name, set()).add((place, drug))
    for one, other in combinations(sorted(where), 2):
        if _only_within_one_product(products[one], products[other]):
            continue
        places = where[one] | where[other]
        yield from _alert("interaction", (one, other), book.between(one, other, on), taken, places)
        yield from _alert("duplicate", (one, other), book.twice(one, other, on), taken, places)
    for name, places in where.items():
        if times[name] > 1:
            yield from _alert("duplicate", (name,), book.twice(name, name, on), taken, places)
    yield from _allergy_alerts(book, where, taken, allergies, on)


def _only_within_one_product(one: set[tuple[int, Drug]], other: set[tuple[int, Drug]]) -> bool:
    """A product is approved as it is: what it is made of is not checked against itself."""
    return one == other and len(one) == 1


def _allergy_alerts(
    book: RuleBook, where: dict[str, set[int]], taken: Sequence[Taken], allergies: Iterable[Allergen], on: date
) -> Iterator[Alert]:
    by_code: dict[str, list[Allergen]] = {}
    for allergy in allergies:
        by_code.setdefault(allergy.code, []).append(allergy)
    for code, same in by_code.items():
        severe = any(allergy.is_severe for allergy in same)
        recorded = f"Allergy on record: {', '.join(sorted({str(allergy) for allergy in same}))}."
        for name, places in where.items():
            rules = book.against(code, name, on, severe=severe) if book.knows(code) else ()
            yield from _alert("allergy", (code, name), rules, taken, places, severe=severe, preface=recorded)


def _alert(
    kind: str,
    about: tuple[str, ...],
    rules: Iterable[Rule],
    taken: Sequence[Taken],
    places: set[int],
    *,
    severe: bool = False,
    preface: str = "",
) -> Iterator[Alert]:
    """One alert for all rules that speak of the same pair: as severe as the worst of them, with the words of all."""
    graded = sorted({(WORST_FIRST[rule.graded(severe)], rule.code): rule for rule in rules}.items())
    if not graded:
        return
    found = [rule for _, rule in graded]
    severity = found[0].graded(severe)
    description = " ".join(filter(None, dict.fromkeys([preface, *(rule.description for rule in found)])))
    source = "; ".join(dict.fromkeys(rule.source for rule in found))
    codes = tuple(dict.fromkeys(rule.code for rule in found))
    read = repr([kind, about, severity, description, source, codes])
    yield Alert(
        id=hashlib.sha256(read.encode()).hexdigest()[:20],
        kind=kind,
        severity=severity,
        medications=tuple(sorted((taken[place].text for place in places), key=lambda text: (text.casefold(), text))),
        about=about,
        description=description,
        source=source,
        rules=codes,
        is_new=any(taken[place].is_new for place in places),
    )


def _worst_first(alert: Alert) -> tuple[int, str, tuple[str, ...], str]:
    return WORST_FIRST[alert.severity], alert.kind, alert.about, alert.id


def _unchecked(
    book: RuleBook | None,
    readings: list[Reading],
    allergies: Sequence[Allergen] | None,
    covers: tuple[str, ...],
    on: date,
) -> Iterator[NotChecked]:
    for reading in readings:
        if not reading.is_known:
            yield NotChecked(reading.text, reading.why, reading.suggestions, about=reading.unknown)
    for allergy in allergies or ():
        if book is None:
            yield NotChecked(allergy.text, NO_RULE_SET, (), "allergy")
        elif not book.knows(allergy.code):
            yield NotChecked(allergy.text, UNCODED, tuple(book.close_to_substance(allergy.text)), "allergy")
        elif book.is_empty(allergy.code):
            yield NotChecked(allergy.text, EMPTY_CLASS, (), "allergy")
    if book is None and not readings and not allergies:
        yield NotChecked("", NO_RULE_SET, (), "rule_set")
    for kind, missing in book.lacks(on).items() if book else ():
        if kind in covers:
            yield NotChecked("", f"The rule set has {missing} in force.", (), "rule_set", (kind,))


def _summary(
    status: str, alerts: list[Alert], unchecked: list[NotChecked], allergies: Sequence[Allergen] | None
) -> str:
    """The state in one or two sentences, as pages say it."""
    if status == ALERTS:
        first = f"{len(alerts)} alert{'s' if len(alerts) > 1 else ''}, the worst {alerts[0].severity}."
        first += f" {len(unchecked)} could not be checked." if unchecked else ""
    elif status == NOT_CHECKED:
        first = f"Not checked: {len(unchecked)} of what is named could not be; nothing was found in the rest."
    else:
        first = "Checked, nothing found."
    if allergies is None:
        scope = " Interactions and duplicates only: without a patient, allergies are not checked."
    elif not allergies:
        scope = " No allergy is on record for this patient."
    else:
        scope = ""
    return first + scope


def _fingerprint(book: RuleBook | None, taken: Sequence[Taken], allergies: Sequence[Allergen] | None, on: date) -> str:
    rules = (book.version.id, book.to_come(on)) if book else None
    parts = [rules, sorted(map(repr, taken)), None if allergies is None else sorted(map(repr, allergies))]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
