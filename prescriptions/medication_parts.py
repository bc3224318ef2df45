"""From a row of items to its parts: what stands between marks, and what a dash or a strength parts further."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prescriptions.medication_items import Drug, Item, Kind
from prescriptions.strengths import Strength

NEGATIONS = {"free"}
PARTING = {Kind.BREAK, Kind.OPEN, Kind.CLOSE, Kind.JOIN}


@dataclass
class Part:
    """What stands between two marks. It names a drug, or several side by side, or is only a form or a strength.

    `unknown` is empty, or what is not understood, with `why`; it may then still begin with a name, whose drugs it
    keeps, and `rest` is what goes on behind that. `joined` is the mark before it, `bracket` the number of the bracket
    around it, or 0.
    """

    items: list[Item]
    joined: str = ""
    bracket: int = 0
    drugs: list[Drug] = field(default_factory=list)
    unknown: str = ""
    why: str = ""
    rest: str = ""

    @property
    def ingredients(self) -> list[str]:
        return [name for drug in self.drugs for name in drug.ingredients]

    @property
    def strengths(self) -> list[Strength]:
        return [item.strength for item in self.items if item.strength]

    @property
    def names(self) -> list[Item]:
        return [item for item in self.items if item.kind is Kind.NAME]

    @property
    def text(self) -> str:
        return " ".join(item.text for item in self.items if item.kind is not Kind.GLUE)

    @property
    def begins_with(self) -> Item | None:
        """The name that it surely begins with, at most behind a form; aspirin-free is no aspirin."""
        telling = [item for item in self.items if item.kind not in (Kind.FORM, Kind.GLUE)]
        is_name = bool(telling) and telling[0].kind is Kind.NAME
        return telling[0] if is_name and not (len(telling) > 1 and telling[1].text in NEGATIONS) else None

    def is_not_understood(self, why: str = "") -> None:
        """What it begins with stays: an alert about that is right whatever the rest is."""
        without = [one for one in self.items if not one.strength or one.strength.is_bare or one.strength.is_count]
        begun = self.begins_with
        self.unknown, self.why = Part(without).text, why
        self.drugs = [begun.drug] if begun and begun.drug else []
        if begun:
            self.rest = Part(without[without.index(begun) + 1 :]).text


def segments_of(items: Iterable[Item]) -> list[Part]:
    """Between marks. A joiner without a drug on both sides belongs to the name before it: Nurofen Plus."""
    segments: list[Part] = []
    for marks, segment in _between_marks(items):
        joiners = [mark for mark in marks if mark.kind is Kind.JOIN]
        before = segments[-1] if segments else segment
        if joiners and not (len(joiners) == 1 and marks[-1] in joiners and _may_join(joiners[0], before, segment)):
            place = 0 if before is segment else len(before.items)
            before.items.insert(place, Item(Kind.UNKNOWN, joiners[0].text))
        if segment.items:
            segments.append(segment)
    return segments


def _between_marks(items: Iterable[Item]) -> Iterator[tuple[list[Item], Part]]:
    """Each with the marks before it; the last may be without items."""
    marks: list[Item] = []
    segment = Part([])
    brackets = bracket = 0
    for item in items:
        if item.kind not in PARTING:
            segment.items.append(item)
            continue
        if segment.items:
            yield marks, segment
            marks, segment = [], Part([])
        marks.append(item)
        brackets += item.kind is Kind.OPEN
        bracket = {Kind.OPEN: brackets, Kind.CLOSE: 0}.get(item.kind, bracket)
        segment.joined, segment.bracket = item.text, bracket
    yield marks, segment


def _may_join(joiner: Item, one: Part, other: Part) -> bool:
    """Two drugs, known or not. "Plus" directly behind a brand is not said of two: it is how brands are called."""
    telling = {Kind.NAME, Kind.SALT, Kind.UNKNOWN}
    both = all(any(item.kind in telling for item in part.items) for part in (one, other))
    return one is not other and both and not (joiner.text == "plus" and one.items[-1].is_brand)


def glued(segment: Part) -> Iterator[Part]:
    """Two names with a dash between them are two; a dash before anything else belongs to the name before it."""
    runs: list[list[Item]] = [[]]
    for item in segment.items:
        if item.kind is Kind.GLUE and Part(runs[-1]).names:
            runs.append([])
        runs[-1].append(item)
    merged: list[list[Item]] = []
    for run in runs:
        if merged and not Part(run).names:
            merged[-1] += run
        else:
            merged.append(run)
    for place, run in enumerate(merged):
        yield from _behind_strengths(run, "-" if place else segment.joined, segment.bracket)


def _behind_strengths(items: list[Item], joined: str, bracket: int) -> Iterator[Part]:
    """A name behind another one's strength begins a part of its own."""
    part = Part([], joined, bracket)
    for item in items:
        if item.kind is Kind.NAME and part.names and any(not strength.is_bare for strength in part.strengths):
            yield part
            part = Part([], "", bracket)
        part.items.append(item)
    yield part
