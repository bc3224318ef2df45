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
    `akin` are those of them that lie within the class: its members themselves, and the families that are parts of it.
    """

    whole: frozenset[str]
    members: Mapping[str, frozenset[str]]
    akin: frozenset[str]

    def rules(
        self, said: Sequence[Rule], speaking: Callable[[frozenset[str]], list[Rule]], severe: bool
    ) -> Iterator[Rule]:
        """`said`, by which the whole class speaks against a target, and what some of its members would find beside it.

        That is milder, but never milder than what each member would find; where the class says as much itself, it is
        left out, and so is what a member finds as one of another family. `speaking` gives the rules by which some
        sides speak against the target.
        """
        yield from said
        found = {member: speaking(sides) for member, sides in self.members.items()}
        akin = {rule.code for sides in self.members.values() for rule in speaking(sides & self.akin)}
        by_all = max((_worst([*said, *rules], severe) for rules in found.values()), default=NOTHING)
        for rule in {rule.code: rule for rules in found.values() for rule in rules}.values():
            by_some = _milder(rule, severe) if rule.code in akin else NOTHING
            level = max(WORST_FIRST[rule.graded(severe)], min(by_some, by_all))
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
    akin = frozenset(one for one in frozenset().union(*further.values()) if _lies_within(one, side, sides_of))
    return ClassAllergy(whole, further if any(further.values()) else {}, akin)


def _lies_within(one: str, side: str, sides_of: Mapping[str, frozenset[str]]) -> bool:
    """Most of what has the one has the other too. Most, as a drug that was entered in one of two families is a slip."""
    having = [sides for sides in sides_of.values() if one in sides]
    return 2 * sum(side in sides for sides in having) > len(having)


def _milder(rule: Rule, severe: bool) -> int:
    """A step. After a severe reaction what would stop has to stop until it is known, but for one kind.

    What stops for no other reason than that the reaction was severe, of a drug that nobody has named, informs.
    """
    mild, own = WORST_FIRST[rule.severity], WORST_FIRST[rule.graded(severe)]
    stops_anyway = mild <= WORST_FIRST[Severity.MAJOR]
    if severe and (stops_anyway or mild == own):
        return max(own, WORST_FIRST[Severity.MAJOR])
    return min(own + 1, NOTHING - 1)


def _worst(rules: Sequence[Rule], severe: bool) -> int:
    return min((WORST_FIRST[rule.graded(severe)] for rule in rules), default=NOTHING)


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
