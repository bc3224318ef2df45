"""A medication's text as a row of items: names, salts, forms, numbers, and what stands between them. Names first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

from prescriptions.drug_words import DIRECTION, FORMS, JOINERS, SALTS
from prescriptions.strengths import Strength, count_at, strength_at

TOKEN = re.compile(r"\w+|&")
WITHIN_A_NAME = re.compile(r"(?: *|[/\-\u2010-\u2015]|\. ?| #)\Z")
GOES_ON = re.compile(r"[.,]\d")
APART = re.compile(r"(?:^|[;(\[{\n|+&]|[,.](?=\s)|\b(?:and|with|plus)(?=\s))\s*\Z")
AFTER_A_NUMBER = re.compile(r"\d\W*\Z")
LIST_NUMBER = re.compile(r"\s*\d{1,2}[.)]\s+(?=[^\W\d]|\Z)")
TIMES = re.compile(r"x\s?(?=\d)")
DASH = re.compile("[-\u2010-\u2015]")
BREAK = re.compile(r"[/\u2044,;:|.\\\n\r\t\v\f\u0085\u2028\u2029\u2022\u00b7]")
SAYS_NOTHING = re.compile('["#\u201c-\u201f\u00ab\u00bb]')
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Drug:
    name: str
    ingredients: tuple[str, ...]


class Kind(Enum):
    NAME = auto()
    SALT = auto()
    FORM = auto()
    STRENGTH = auto()
    GLUE = auto()  # a dash between two words
    BREAK = auto()
    OPEN = auto()
    CLOSE = auto()
    JOIN = auto()  # +, &, and, with, plus
    MARK = auto()  # a quote or #, which says nothing by itself
    UNKNOWN = auto()


@dataclass(frozen=True)
class Item:
    """`drug` of a name, `strength` of a number; a brand is nothing but a name, and what follows may change it.

    `mark`: the quotes and # that stand before it.
    """

    kind: Kind
    text: str
    drug: Drug | None = None
    is_brand: bool = False
    strength: Strength | None = None
    mark: str = ""


@dataclass(frozen=True)
class Lexicon:
    """`found`: folded name -> its drug. `brands`: those of them that are brands."""

    found: Mapping[str, Drug]
    brands: frozenset[str]
    longest: int

    def items(self, text: str) -> Iterator[Item]:
        """All of the text, which is plain (spellings.plain); only spaces say nothing."""
        mark = ""
        for item in self._all(text):
            if item.kind is Kind.MARK:
                mark += item.text
                continue
            yield replace(item, mark=mark)
            mark = ""

    def _all(self, text: str) -> Iterator[Item]:
        place = 0
        for start, end, name in self._names(text):
            yield from _between(text, place, start)
            if _is_a_number_before(text, start, end):
                yield Item(Kind.UNKNOWN, text[start:end])
            else:
                yield Item(Kind.NAME, name, self.found[name], name in self.brands)
            place = end
        yield from _between(text, place, len(text))

    def names(self, text: str) -> list[str]:
        return [name for _, _, name in self._names(text)]

    def _names(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The names that stand in it, each as long as it can be, from left to right."""
        tokens = list(TOKEN.finditer(text))
        said = ["and" if token[0] == "&" else token[0] for token in tokens]
        first = 0
        while first < len(tokens):
            for last in range(min(first + self.longest, len(tokens)) - 1, first - 1, -1):
                name = " ".join(said[first : last + 1])
                if name in self.found and _is_one_name(text, tokens[first : last + 1]):
                    yield tokens[first].start(), tokens[last].end(), name
                    first = last
                    break
            first += 1


def _is_one_name(text: str, tokens: list[re.Match[str]]) -> bool:
    """Nothing that parts stands in it, and no number of it is a piece of a longer one: not Tylenol 3.5."""
    for one, next_one in pairwise(tokens):
        if "&" not in (one[0], next_one[0]) and not WITHIN_A_NAME.match(text, one.end(), next_one.start()):
            return False
    return not (tokens[-1][0].isdecimal() and GOES_ON.match(text, tokens[-1].end()))


def _is_a_number_before(text: str, start: int, end: int) -> bool:
    """Whether the number that a name begins with may be a strength of what is before it: warfarin 5 ASA 81.

    It is the name's at the start of all, or with a dash behind it at the start of a part.
    """
    number = WORD.match(text, start, end)
    if not number or not number[0].isdecimal() or number.end() == end:
        return False
    before, link = text[:start], text[number.end()]
    if not before.strip():
        return not (link == " " or DASH.match(link))
    return not DASH.match(link) or AFTER_A_NUMBER.search(before) is not None or not APART.search(before)


def _between(text: str, place: int, end: int) -> Iterator[Item]:
    while place < end:
        item, place = _item_at(text, place, end)
        if item:
            yield item


def _item_at(text: str, place: int, end: int) -> tuple[Item | None, int]:
    aside = (LIST_NUMBER if place == 0 else DIRECTION).match(text, place, end) or DIRECTION.match(text, place, end)
    if aside:
        return Item(Kind.FORM, aside[0]), aside.end()
    times = TIMES.match(text, place, end)
    if times and (count := count_at(text, times.end(), end)):
        return Item(Kind.STRENGTH, text[place : count.end].strip(), strength=count), count.end
    strength = strength_at(text, place, end)
    if strength:
        return Item(Kind.STRENGTH, text[place : strength.end].strip(), strength=strength), strength.end
    word = WORD.match(text, place, end)
    if word:
        return Item(_kind_of(word[0]), word[0]), word.end()
    return _mark(text, place), place + 1


def _kind_of(word: str) -> Kind:
    if word in JOINERS:
        return Kind.JOIN
    return Kind.SALT if word in SALTS else Kind.FORM if word in FORMS else Kind.UNKNOWN


def _mark(text: str, place: int) -> Item | None:
    mark = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if DASH.match(mark):
        is_tight = before.isalnum() and after.isalnum()
        return Item(Kind.GLUE if is_tight else Kind.BREAK, mark)
    if mark == "+":  # "Nurofen+ tablets" says plus, as a name would
        return Item(Kind.JOIN, "plus" if before.isalnum() and not after.isalnum() else mark)
    for kind, marks in ((Kind.JOIN, "&"), (Kind.OPEN, "([{"), (Kind.CLOSE, ")]}")):
        if mark in marks:
            return Item(kind, mark)
    if BREAK.match(mark):
        return Item(Kind.BREAK, mark)
    if mark.isspace():
        return None
    return Item(Kind.MARK if SAYS_NOTHING.match(mark) else Kind.UNKNOWN, mark)
