"""An allergy to a class: nobody wrote down which drug of it was taken. Knows nothing of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prescriptions.rules import WORST_FIRST, Severity

if TYPE_CHECKING:
    from prescriptions.rule_book import Rule

LEVELS = Severity.values
NOTHING = len(LEVELS)
MOST_NAMED = 4


@dataclass(frozen=True)
class ClassAllergy:
    """`whole` are the sides that hold for the class: its own, and each that all of its members have.

    `members` are the further sides, member by member; empty where no member has one that a rule speaks of.
    """

    whole: frozenset[str]
    members: Mapping[str, frozenset[str]]

    def rules(
        self, said: Sequence[Rule], speaking: Callable[[frozenset[str]], list[Rule]], severe: bool
    ) -> Iterator[Rule]:
        """`said`, by which the whole class speaks against a target, and what some of its members would find beside it.

        That is milder, but never milder than what each member would find; where the class says as much itself, it is
        left out. `speaking` gives the rules by which some sides speak against the target.
        """
        yield from said
        found = {member: speaking(sides) for member, sides in self.members.items()}
        by_all = max((_worst([*said, *rules], severe) for rules in found.values()), default=NOTHING)
        for rule in {rule.code: rule for rules in found.values() for rule in rules}.values():
            own = WORST_FIRST[rule.graded(severe)]
            level = max(own, min(_milder(own, severe), by_all))
            if level < _worst(said, severe):
                named = _listed([member for member, rules in found.items() if rule in rules])
                words = f"{rule.description} That holds for {named}: find out which drug it was."
                yield replace(rule, severity=LEVELS[level], after_severe="", description=words)


def class_allergy(side: str, sides_of: Mapping[str, frozenset[str]], spoken_of: frozenset[str]) -> ClassAllergy:
    """Of "class:..."; `spoken_of` are the sides of which there is a rule about allergies."""
    members = {name: sides for name, sides in sorted(sides_of.items()) if side in sides}
    shared = frozenset.intersection(*members.values()) if members else frozenset()
    whole = shared | {side}
    further = {name: (sides - whole) & spoken_of for name, sides in members.items()}
    return ClassAllergy(whole, further if any(further.values()) else {})


def _milder(level: int, severe: bool) -> int:
    """A step. After a severe reaction only what is contraindicated is: what stops has to stop until it is known."""
    return max(level, WORST_FIRST[Severity.MAJOR]) if severe else min(level + 1, NOTHING - 1)


def _worst(rules: Sequence[Rule], severe: bool) -> int:
    return min((WORST_FIRST[rule.graded(severe)] for rule in rules), default=NOTHING)


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
