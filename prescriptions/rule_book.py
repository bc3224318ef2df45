"""One version of the drugs and rules, in memory, arranged for checking. Knows nothing of a database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from prescriptions.allergy_names import may_be_meant
from prescriptions.class_allergies import ClassAllergy, class_allergy
from prescriptions.matching import Drug, Names
from prescriptions.rule_tables import Tables, listed
from prescriptions.spellings import folded


@dataclass(frozen=True)
class Version:
    """Which rule set it is; `id` differs for any two versions ever made."""

    id: str
    number: int
    effective: datetime
    label: str


@dataclass(frozen=True)
class Rule:
    code: str
    severity: str
    description: str
    source: str
    effective_from: date
    after_severe: str = ""

    def graded(self, severe: bool) -> str:
        """How severe it is, where the recorded reaction was severe or was not."""
        return self.after_severe if severe and self.after_severe else self.severity


Sides = dict[str, dict[str, list[Rule]]]
"""One side -> the other side -> the rules between them; sides are "class:..." or "ingredient:..."."""

SAME = ""
"""The side of a rule about the very substance or, for duplicates, the very ingredient."""


@dataclass(frozen=True)
class RuleBook:
    version: Version
    names: Names
    class_names: Mapping[str, str]
    sides_of: Mapping[str, frozenset[str]]
    interactions: Sides = field(default_factory=dict)
    duplicates: Mapping[str, Rule] = field(default_factory=dict)
    allergies: Sides = field(default_factory=dict)

    def between(self, one: str, other: str, on: date) -> Iterator[Rule]:
        """Rules in force on the day about two ingredients, in either order."""
        for side in self.sides_of[one]:
            for rules in _met(self.interactions.get(side), self.sides_of[other]):
                yield from (rule for rule in rules if rule.effective_from <= on)

    def twice(self, one: str, other: str, on: date) -> Iterator[Rule]:
        """Rules in force on the day because of which the two are one too many; they may be the same ingredient."""
        sides = {SAME} if one == other else self.sides_of[one] & self.sides_of[other]
        for side in sorted(sides):
            rule = self.duplicates.get(side)
            if rule and rule.effective_from <= on:
                yield rule

    def against(self, allergen: str, ingredient: str, on: date, *, severe: bool) -> Iterator[Rule]:
        """Rules in force on the day by which an allergy to "class:..." or "ingredient:..." speaks against it.

        `severe` says how the recorded reaction was.
        """
        targets = self.sides_of[ingredient]
        same = self.the_very_substance(on) if allergen in targets else []

        def speaking(sides: frozenset[str]) -> list[Rule]:
            met = (rules for side in sides for rules in _met(self.allergies.get(side), targets))
            return [rule for rules in met for rule in rules if rule.effective_from <= on]

        if allergen.startswith("class:"):
            of_class = self._class_allergies[allergen]
            yield from of_class.rules([*same, *speaking(of_class.whole)], speaking, severe)
        else:
            yield from [*same, *speaking(self.sides_of[allergen.removeprefix("ingredient:")])]

    def the_very_substance(self, on: date) -> list[Rule]:
        """By which an allergy speaks against what it is to: without it, most allergies would find nothing."""
        return [rule for rule in self.allergies.get(SAME, {}).get(SAME, []) if rule.effective_from <= on]

    @cached_property
    def _class_allergies(self) -> dict[str, ClassAllergy]:
        sides = {f"class:{name}" for name in self.class_names.values()}
        return {side: class_allergy(side, self.sides_of, frozenset(self.allergies)) for side in sides}

    def code_of(self, substance: str) -> str:
        """ "class:..." or "ingredient:..." for exactly that, or an empty text."""
        one_class = self.class_names.get(folded(substance))
        if one_class:
            return f"class:{one_class}"
        reading = self.names.read(substance)
        if reading.is_known and len(reading.ingredients) == 1:
            return f"ingredient:{next(iter(reading.ingredients))}"
        return ""

    def close_to_substance(self, text: str) -> list[str]:
        """What may have been meant by a substance without a code: families first, as they say more.

        Of a product of several ingredients, those: somebody is allergic to one of them, and nobody has said to which.
        """
        if parts := self.parts_of(text):
            return parts
        families = {name: key for name, key in self.class_names.items() if key in self.families}
        return may_be_meant(text, families, self.names)

    def parts_of(self, text: str) -> list[str]:
        """The ingredients of a known product that has several; of everything else nothing."""
        reading = self.names.read(text)
        return sorted(reading.ingredients) if reading.is_known and len(reading.ingredients) > 1 else []

    @cached_property
    def substances(self) -> list[str]:
        """Names that have a code of their own and are offered: families, then ingredients."""
        names = [*sorted(self.families, key=str.casefold), *sorted(self.sides_of, key=str.casefold)]
        return [name for name in names if self.code_of(name)]

    @cached_property
    def families(self) -> frozenset[str]:
        """Classes that somebody may be allergic to: all but those that no rule names except about interactions.

        Those ("Strong CYP3A4 inhibitors") are groups that interact alike. They keep their code, also for who writes it.
        """
        as_families = {*self.allergies, *self.duplicates, *(one for met in self.allergies.values() for one in met)}
        only_interact = self.interactions.keys() - as_families
        return frozenset(name for name in self.class_names.values() if f"class:{name}" not in only_interact)

    def knows(self, code: str) -> bool:
        kind, _, name = code.partition(":")
        return name in self.sides_of if kind == "ingredient" else name in self.class_names.values()

    def is_empty(self, code: str) -> bool:
        """A class of which there is no drug: an allergy to it would find hardly anything."""
        return code.startswith("class:") and not any(code in sides for sides in self.sides_of.values())

    def lacks(self, on: date) -> dict[str, str]:
        """Kind of rules -> what of it is not in force: a check without that must not look like one."""
        same = self.duplicates.get(SAME)
        missing = {
            "duplicates": "" if same and same.effective_from <= on else "no rule about the same ingredient twice",
            "allergies": "" if self.the_very_substance(on) else "no rule about the very substance of an allergy",
        }
        for kind, found in self._all.items():
            if not any(rule.effective_from <= on for rule in found):
                missing[kind] = f"no rules about {kind}"
        return {kind: what for kind, what in missing.items() if what}

    def to_come(self, on: date) -> list[str]:
        """Codes of the rules that are not in force yet on the day."""
        return sorted({rule.code for found in self._all.values() for rule in found if rule.effective_from > on})

    @cached_property
    def _all(self) -> dict[str, list[Rule]]:
        def flat(sides: Sides) -> list[Rule]:
            return [rule for others in sides.values() for found in others.values() for rule in found]

        duplicates = list(self.duplicates.values())
        return {
            "interactions": flat(self.interactions),
            "duplicates": duplicates,
            "allergies": flat(self.allergies),
        }


def _met(others: Mapping[str, list[Rule]] | None, sides: frozenset[str]) -> Iterator[list[Rule]]:
    for side in (others or {}).keys() & sides:
        yield (others or {})[side]


def rule_book_of(tables: Tables, version: Version) -> RuleBook:
    """The tables have no problems (rule_tables.problems)."""
    return RuleBook(
        version=version,
        names=_names(tables),
        class_names={
            folded(name): key for key, row in tables["classes"].items() for name in (key, *listed(row["also_called"]))
        },
        sides_of={
            key: frozenset({f"ingredient:{key}", *(f"class:{name}" for name in listed(row["classes"]))})
            for key, row in tables["ingredients"].items()
        },
        interactions=_sides(tables, "interactions", "first", "second", both_ways=True),
        duplicates={
            f"class:{row['class']}" if row["class"] else SAME: _rule(row) for row in tables["duplicates"].values()
        },
        allergies=_sides(tables, "allergies", "allergen", "target"),
    )


def _names(tables: Tables) -> Names:
    drugs = {key: Drug(key, tuple(listed(row["ingredients"]))) for key, row in tables["drugs"].items()}
    return Names(
        {
            name: drugs[key]
            for key, row in tables["drugs"].items()
            for name in (key, *listed(row["generic_names"]), *listed(row["brands"]))
        },
        frozenset(name for row in tables["drugs"].values() for name in listed(row["brands"])),
    )


def _sides(tables: Tables, table: str, one: str, other: str, *, both_ways: bool = False) -> Sides:
    sides: Sides = {}
    for row in tables[table].values():
        pairs = {(row[one], row[other]), (row[other], row[one])} if both_ways else {(row[one], row[other])}
        for first, second in pairs:
            sides.setdefault(first, {}).setdefault(second, []).append(_rule(row))
    return sides


def _rule(row: Mapping[str, str]) -> Rule:
    return Rule(
        code=row["code"],
        severity=row["severity"],
        description=row["description"],
        source=row["source"],
        effective_from=date.fromisoformat(row["effective_from"]),
        after_severe=row.get("after_severe", ""),
    )
