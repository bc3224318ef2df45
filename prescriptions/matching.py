"""From what somebody wrote to the drugs that it names. Exactly, or not at all: what is close is only suggested."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from prescriptions.drug_words import is_form, says_nothing
from prescriptions.spellings import folded, plain, words

LONGEST_TEXT = 200
MOST_SUGGESTIONS = 3
CLOSE = 0.75

NUMBER = r"\d+(?:[.,]\d+)*"
UNIT = r"(?:mg|mcg|\u03bcg|ug|ng|kg|g|ml|l|iu|units?|u|micrograms?|milligrams?|grams?|meq|mmol|mol|%)"
TIMES = r"(?:h|hr|hrs|hours?|days?|actuation|dose|puff|spray|tablet|tab|capsule|cap|vial|patch|drop)"
STRENGTH = re.compile(
    rf"(?<!\w){NUMBER}\s*{UNIT}?(?:\s*(?:[-/]|per)\s*(?:{NUMBER}\s*(?:{UNIT}|{TIMES})?|{UNIT}|{TIMES})(?!\w))*(?!\w)"
)
SEPARATOR = re.compile(r"[/+&,;|()\[\]]|\s(?:and|with|plus)\s")
HYPHEN = re.compile(r"[-\u2010-\u2015]")


@dataclass(frozen=True)
class Drug:
    name: str
    ingredients: tuple[str, ...]


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
    """All names of all drugs: `spelled` as they are written, each with its drug."""

    spelled: Mapping[str, Drug]
    found: Mapping[str, Drug] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", {folded(name): drug for name, drug in self.spelled.items()})

    @cached_property
    def _written(self) -> dict[str, str]:
        return {folded(name): name for name in self.spelled}

    @cached_property
    def _products(self) -> dict[frozenset[str], Drug]:
        return {frozenset(drug.ingredients): drug for drug in self.spelled.values() if len(drug.ingredients) > 1}

    @cached_property
    def _longest(self) -> int:
        return max((name.count(" ") + 1 for name in self.found), default=0)

    def read(self, text: str) -> Reading:
        """The drugs that the text names: what is neither a name, a salt, a form nor a strength is unknown."""
        if len(text) > LONGEST_TEXT:
            return Reading(text, why="This is longer than the name of any medication.")
        if not text.strip():
            return Reading(text, why="No medication is named.")
        told = STRENGTH.sub(_unless_bare, plain(text))
        whole = self._one(words(told), is_form)
        if whole:
            return Reading(text, (whole,))
        drugs: list[Drug] = []
        unknown: list[str] = []
        for part in SEPARATOR.split(told):
            named = self._part(part)
            if named is None:
                unknown.append(" ".join(words(part)))
            drugs += named or []
        if unknown:
            return Reading(text, self._as_product(drugs), tuple(unknown), *self._why(unknown, alone=not drugs))
        if not drugs:
            return Reading(text, why="This names no drug, only a strength or a form.")
        return Reading(text, self._as_product(drugs))

    def _part(self, part: str) -> list[Drug] | None:
        """None for what is not known; nothing for what is only a form."""
        tokens = words(part)
        drug = self._one(tokens)
        if drug:
            return [drug]
        if all(map(is_form, tokens)):
            return []
        pieces = [words(piece) for piece in HYPHEN.split(part)]
        named = [self._one(piece) for piece in pieces] if len(pieces) > 1 else [None]
        return [one for one in named if one] if all(named) else None

    def _one(self, tokens: list[str], ignored: Callable[[str], bool] = says_nothing) -> Drug | None:
        """The drug with the longest name in it, if all the rest is a salt, a form or a number; two of them are none."""
        telling = [place for place, token in enumerate(tokens) if not ignored(token)]
        first, last = (telling[0], telling[-1]) if telling else (len(tokens), -1)
        for size in range(min(len(tokens), self._longest), 0, -1):
            starts = range(max(0, last - size + 1), min(first, len(tokens) - size) + 1)
            spans = (self.found.get(" ".join(tokens[start : start + size])) for start in starts)
            drugs = {drug for drug in spans if drug}
            if drugs:
                return drugs.pop() if len(drugs) == 1 else None
        return None

    def _as_product(self, drugs: list[Drug]) -> tuple[Drug, ...]:
        """Parts that exist together as one product are that product, and nothing counts twice."""
        ingredients = frozenset(name for drug in drugs for name in drug.ingredients)
        product = self._products.get(ingredients)
        return (product,) if product else tuple(dict.fromkeys(drugs))

    def _why(self, unknown: list[str], *, alone: bool) -> tuple[str, tuple[str, ...]]:
        suggestions = tuple(dict.fromkeys(name for part in unknown for name in self.close_to(part)))
        if alone and len(unknown) == 1:
            return "The rule set does not know this drug.", suggestions
        return f"The rule set does not know a part of it: {', '.join(unknown)}.", suggestions

    def close_to(self, part: str) -> list[str]:
        """Names that may have been meant: those that stand in it, then those that look like it."""
        tokens = [token for token in words(part) if not says_nothing(token)]
        within = [self._written[token] for token in words(part) if token in self.found]
        alike = difflib.get_close_matches(" ".join(tokens), self.found, n=MOST_SUGGESTIONS, cutoff=CLOSE)
        return list(dict.fromkeys([*within, *(self._written[name] for name in alike)]))[:MOST_SUGGESTIONS]

    def completing(self, text: str, most: int) -> list[tuple[str, Drug]]:
        """Names, as they are written, with their drugs: those that begin with the text, then those with it inside."""
        begun = folded(text)
        within = [name for name in self.found if begun and f" {begun}" in f" {name}"]
        within += [name for name in self.found if len(begun) > 2 and begun in name]
        first = sorted(dict.fromkeys(within), key=lambda name: (not name.startswith(begun), name))
        return [(self._written[name], self.found[name]) for name in first[:most]]


def _unless_bare(found: re.Match[str]) -> str:
    """A number alone may belong to a name, as in Tylenol 3."""
    return found[0] if found[0].strip().isdecimal() else " "
