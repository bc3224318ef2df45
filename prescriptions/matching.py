"""From what somebody wrote to the drugs that it names. Exactly, or not at all: what is close is only suggested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from prescriptions.alike import MOST_SUGGESTIONS, Alike
from prescriptions.drug_words import says_nothing
from prescriptions.medication_drugs import doubt_strengths, drugs_of
from prescriptions.medication_items import Drug, Lexicon
from prescriptions.medication_meaning import Words, parts_of
from prescriptions.medication_parts import Part
from prescriptions.spellings import folded, plain, words

LONGEST_TEXT = 200
MOST_SUGGESTED_FOR = 3


@dataclass(frozen=True)
class Reading:
    """What a text names. `drugs` are those known of it; where `unknown` is not empty, that part of it is not."""

    text: str
    drugs: tuple[Drug, ...] = ()
    unknown: tuple[str, ...] = ()
    why: str = ""
    suggestions: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.drugs) and not self.why

    @property
    def ingredients(self) -> frozenset[str]:
        return frozenset(name for drug in self.drugs for name in drug.ingredients)


@dataclass(frozen=True)
class Names:
    """All names of all drugs: `spelled` as they are written, each with its drug; `brands` are those that are brands."""

    spelled: Mapping[str, Drug]
    brands: frozenset[str] = frozenset()
    found: Mapping[str, Drug] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", {key: drug for name, drug in self.spelled.items() for key in _keys(name)})

    @cached_property
    def _written(self) -> dict[str, str]:
        return {key: name for name in self.spelled for key in _keys(name)}

    @cached_property
    def _exactly(self) -> dict[str, Drug]:
        return {plain(name): drug for name, drug in self.spelled.items()}

    @cached_property
    def _lexicon(self) -> Lexicon:
        longest = max((name.count(" ") + 1 for name in self.found), default=0)
        return Lexicon(self.found, frozenset(map(folded, self.brands)), longest)

    @cached_property
    def _alike(self) -> Alike:
        return Alike(self.found)

    @cached_property
    def _words(self) -> Words:
        numbered: dict[str, set[str]] = {}
        for name, _, last in (name.rpartition(" ") for name in self.found):
            if last.isdecimal():
                numbered.setdefault(name, set()).add(last)
        return Words(
            products={frozenset(drug.ingredients): drug for drug in self.found.values() if len(drug.ingredients) > 1},
            numbered=numbered,
        )

    def read(self, text: str) -> Reading:
        """The drugs that the text names: what is neither a name, a salt, a form nor a strength is unknown."""
        if len(text) > LONGEST_TEXT:
            return Reading(text, why="This is longer than the name of any medication.")
        if not text.strip():
            return Reading(text, why="No medication is named.")
        exactly = self._exactly.get(plain(text).strip())
        if exactly:
            return Reading(text, (exactly,))
        parts = parts_of(self._lexicon.items(plain(text)), self._words)
        doubt_strengths(parts, self._words.products)
        drugs = drugs_of(parts, self._words.products)
        unknown = [part for part in parts if part.unknown]
        if unknown:
            return Reading(text, drugs, tuple(part.unknown for part in unknown), *self._why(unknown, alone=not drugs))
        if not drugs:
            return Reading(text, why="This names no drug, only a strength or a form.")
        return Reading(text, drugs)

    def _why(self, unknown: list[Part], *, alone: bool) -> tuple[str, tuple[str, ...]]:
        first = unknown[:MOST_SUGGESTED_FOR]
        suggestions = tuple(dict.fromkeys(name for part in first for name in self.close_to(part.unknown)))
        named = ", ".join(part.unknown for part in unknown if not part.drugs)
        what = "this drug" if alone and len(unknown) == 1 else f"a part of it: {named}"
        why = [f"The rule set does not know {what}."] if named else []
        for part in unknown:
            why += [self._checked_as(part), part.why]
        return " ".join(filter(None, dict.fromkeys(why))), suggestions

    def _checked_as(self, part: Part) -> str:
        """What was checked of a part that is not all understood, and what was not."""
        if not part.drugs:
            return ""
        begun = [part.begins_with] if part.begins_with and part.rest else part.names
        only = f"Checked as {', '.join(self._written[name.text] for name in begun)} only"
        return f'{only}: "{part.rest}" is not understood.' if part.rest else f"{only}."

    def close_to(self, part: str) -> list[str]:
        """Names that may have been meant: those that stand in it, then those that look like it."""
        telling = " ".join(word for word in words(part) if not says_nothing(word))
        names = [*self._lexicon.names(plain(part)), *self._alike.to(telling)]
        return [self._written[name] for name in dict.fromkeys(names)][:MOST_SUGGESTIONS]

    def completing(self, text: str, most: int) -> list[tuple[str, Drug]]:
        """Names, as they are written, with their drugs: those that begin with the text, then those with it inside."""
        begun = folded(text)
        within = [name for name in self.found if begun and f" {begun}" in f" {name}"]
        within += [name for name in self.found if len(begun) > 2 and begun in name]
        first = sorted(dict.fromkeys(within), key=lambda name: (not name.startswith(begun), name))
        return [(self._written[name], self.found[name]) for name in first[:most]]


def _keys(name: str) -> tuple[str, str]:
    """What it is found by; an ampersand may be written out."""
    return folded(name), folded(name.replace("&", " and "))
