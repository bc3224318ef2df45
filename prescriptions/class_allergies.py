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

    def rules(self, said: Sequence[Rule], speaking: Callable[[frozenset[str]], list[Rule]]) -> Iterator[Rule]:
        """`said`, by which the whole class speaks against a target, and what some of its members would find beside it.

        That is a step milder, but never milder than what each member would find; where the class says as much itself,
        it is left out. `speaking` gives the rules by which some sides speak against the target.
        """
        yield from said
        found = {member: speaking(sides) for member, sides in self.members.items()}
        each = [[*said, *rules] for rules in found.values()]
        for rule in {rule.code: rule for rules in found.values() for rule in rules}.values():
            levels = [_level(rule, severe, each) for severe in (False, True)]
            if any(level < _worst(said, severe) for level, severe in zip(levels, (False, True), strict=True)):
                named = [member for member, rules in found.items() if rule in rules]
                yield replace(
                    rule,
                    severity=LEVELS[levels[0]],
                    after_severe=LEVELS[levels[1]],
                    description=f"{rule.description} That holds for {_listed(named)}: find out which drug it was.",
                )


def class_allergy(side: str, sides_of: Mapping[str, frozenset[str]], spoken_of: frozenset[str]) -> ClassAllergy:
    """Of "class:..."; `spoken_of` are the sides of which there is a rule about allergies."""
    members = {name: sides for name, sides in sorted(sides_of.items()) if side in sides}
    shared = frozenset.intersection(*members.values()) if members else frozenset()
    whole = shared | {side}
    further = {name: (sides - whole) & spoken_of for name, sides in members.items()}
    return ClassAllergy(whole, further if any(further.values()) else {})


def _level(rule: Rule, severe: bool, each: Sequence[Sequence[Rule]]) -> int:
    own = WORST_FIRST[rule.graded(severe)]
    a_step_milder = min(own + 1, NOTHING - 1)
    found_by_all = max(_worst(rules, severe) for rules in each)
    return max(own, min(a_step_milder, found_by_all))


def _worst(rules: Sequence[Rule], severe: bool) -> int:
    return min((WORST_FIRST[rule.graded(severe)] for rule in rules), default=NOTHING)


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
