"""What each part of a text names. What is not certainly understood is unknown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from prescriptions.drug_words import METALS, OF_METALS, SALTS, WATER, is_its_salt
from prescriptions.medication_items import Drug, Item, Kind
from prescriptions.medication_parts import Part, glued, segments_of

NO_UNIT = "A number without a unit may belong to a name: if it is a strength, write its unit, such as mg."
SIDE_BY_SIDE = "Two names stand side by side: if they are two drugs, write a comma between them."
MOLAR = {"mmol", "meq", "mol"}


@dataclass(frozen=True)
class Words:
    """`products`: ingredients -> the drug of just these.

    `numbered`: names that with a number are another drug, each with those numbers.
    """

    products: Mapping[frozenset[str], Drug]
    numbered: Mapping[str, Collection[str]]


def parts_of(items: Iterable[Item], words: Words) -> list[Part]:
    """All parts of the text in their order, each understood, or with what of it is unknown.

    Where a dash stands between names, all of them are understood or none: aspirin-free paracetamol.
    """
    parts: list[Part] = []
    for segment in segments_of(items):
        within = list(glued(segment))
        for part in within:
            _understand(part, words)
        doubtful = next((part for part in within if part.unknown), None)
        if doubtful and any(part.joined == "-" for part in within[1:]):
            segment.is_not_understood(doubtful.why)
            within = [segment]
        parts += within
    for part, after in pairwise(parts):
        if part.drugs and part.items[-1].text in words.numbered and after.strengths[:1] and after.strengths[0].is_count:
            part.is_not_understood(NO_UNIT)  # Tylenol - 3 tablets: of Tylenol, or Tylenol 3
    return parts


def _understand(part: Part, words: Words) -> None:
    part.items = list(_with_salts(part.items))
    part.drugs = _side_by_side(part.names, words)
    if any(item.kind is Kind.UNKNOWN for item in part.items):
        part.is_not_understood()
    elif part.names and not part.drugs:
        part.is_not_understood(SIDE_BY_SIDE)
    elif any(item.kind is Kind.SALT and not _is_salt_of_a_name(part.items, at) for at, item in enumerate(part.items)):
        part.is_not_understood()
    elif any(_is_number_of_a_name(part.items, at) for at in range(len(part.items))) or any(
        item.strength and not _is_strength(part.items, at, words) for at, item in enumerate(part.items)
    ):
        part.is_not_understood(NO_UNIT)


def _with_salts(items: list[Item]) -> Iterator[Item]:
    """Potassium is a salt in losartan potassium 50 mg, and a drug where it has a strength or a place of its own."""
    for at, item in enumerate(items):
        drug = _drug_beside(items, at) if item.drug and item.text in SALTS and not _is_molar(items) else None
        yield Item(Kind.SALT, item.text) if drug and is_its_salt(item.text, drug.ingredients) else item


def _drug_beside(items: list[Item], at: int) -> Drug | None:
    """The one directly before it, or directly behind; a quote or # between parts them."""
    before = items[at - 1].drug if at and not items[at].mark else None
    return before or (items[at + 1].drug if at + 1 < len(items) and not items[at + 1].mark else None)


def _is_molar(items: list[Item]) -> bool:
    return any(item.strength and item.strength.unit in MOLAR for item in items)


def _side_by_side(names: list[Item], words: Words) -> list[Drug]:
    """One drug; or several that are one product; or several of which one has a name of two words: no salt is that."""
    drugs = [name.drug for name in names if name.drug]
    ingredients = [one for drug in drugs for one in drug.ingredients]
    product = words.products.get(frozenset(ingredients))
    if len(drugs) == 1:
        return drugs
    if product and len(ingredients) == len(product.ingredients):
        return [product]
    is_telling = any(" " in name.text for name in names) and len(set(drugs)) == len(drugs)
    return drugs if is_telling else []


def _is_salt_of_a_name(items: list[Item], at: int) -> bool:
    """Beside it, with at most other salts and forms between. Behind a metal it may be another substance."""
    before = [item for item in items[:at] if item.kind not in (Kind.SALT, Kind.FORM, Kind.GLUE)][-1:]
    after = [item for item in items[at:] if item.kind is not Kind.SALT][:1]
    name = next((item.text for item in [*before, *after] if item.kind is Kind.NAME), None)
    if name in METALS:
        return items[at].text in OF_METALS
    return name is not None and not (at and items[at - 1].text in METALS and items[at].text not in WATER)


def _is_strength(items: list[Item], at: int, words: Words) -> bool:
    """A number without a unit is one only behind a generic name, and a count not directly behind a brand.

    Behind a letter it may belong to the name as well: vitamin K 2.
    """
    strength = items[at].strength
    name = _name_before(items, at)
    if strength and strength.said[0][0] in words.numbered.get(name.text if name else "", ()):
        return False  # Zantac 360mg: of Zantac, or Zantac 360
    if items[at].text.startswith("x") and not any(one.strength and one.strength.amounts for one in items[:at]):
        return False
    may_grow = name is not None and (name.is_brand or name.text in words.numbered or name.text[-2:-1] == " ")
    if strength and strength.is_bare:
        return name is not None and not may_grow
    is_own = name is not None and name.text[-1].isdecimal()
    return is_own or not (strength and strength.is_count and may_grow)


def _is_number_of_a_name(items: list[Item], at: int) -> bool:
    """APAP #3 may be another drug; behind a strength, #30 tablets says how many."""
    is_numbered = "#" in items[at].mark and items[at].text[:1].isdecimal()
    return is_numbered and not (at and items[at - 1].strength)


def _name_before(items: list[Item], at: int) -> Item | None:
    """The name that it stands behind, where only salts and forms are between."""
    after = items[at]
    for item in reversed(items[:at]):
        if item.kind is Kind.NAME:
            return item
        is_within = item.kind is Kind.GLUE and after.kind in (Kind.SALT, Kind.FORM)
        if not is_within and item.kind not in (Kind.SALT, Kind.FORM):
            return None
        after = item
    return None
