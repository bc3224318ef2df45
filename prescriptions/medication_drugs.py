"""What the parts of a text name together: products, what is said twice, and strengths that tell of one more drug."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, takewhile

from prescriptions.drug_words import is_mixed
from prescriptions.medication_items import Drug
from prescriptions.medication_parts import Part
from prescriptions.strengths import Strength

TOO_MANY_STRENGTHS = "It tells more strengths than it names ingredients."
TIGHT = {"-", "/", "+", "&"}
Products = Mapping[frozenset[str], Drug]


def drugs_of(parts: list[Part], products: Products) -> tuple[Drug, ...]:
    """Those of all parts, once for each time that they are taken: what says the same again is no second one."""
    drugs: list[Drug] = []
    before: list[Part] = []
    naming = {part.bracket for part in parts if part.drugs}
    aside = [part for part in parts if part.bracket not in naming - {0}]
    said: list[Strength] = []
    for bracket, group in groupby(parts, key=lambda part: part.bracket):
        within = list(group)
        if bracket and bracket in naming:
            if _says_again(before, within, aside, said):
                said += _strengths(within)
            else:
                drugs += _drugs(within)
            continue
        for part in within:
            if _is_its_other_name(before, part):
                part.drugs = []
            drugs += part.drugs
            before.append(part)
    product = _product(drugs, products)
    return (product,) if product else tuple(drugs)


def _says_again(before: list[Part], bracket: list[Part], aside: list[Part], said: list[Strength]) -> bool:
    """The drugs before the bracket, or without a strength a part of them; another strength is a second dose.

    Two brackets are never one: what only they say is there twice. `aside`: all that is not in such brackets. `said`:
    the strengths of earlier brackets that said something again.
    """
    named = Counter(_ingredients(_drugs(bracket)))
    inside = _strengths(bracket)
    for first in range(len(before)):
        drugs = Counter(_ingredients(_drugs(before[first:])))
        if named == drugs or (named < drugs and not inside):
            return not _is_another_dose(inside, [*_told_with(before[first:], aside), *said])
    return False


def _told_with(named: list[Part], aside: list[Part]) -> list[Strength]:
    """Their strengths, and those that follow up to the next drug."""
    last = next(place for place, part in enumerate(aside) if part is named[-1])
    following = takewhile(lambda part: not part.drugs and not part.unknown, aside[last + 1 :])
    return _strengths([*named, *following])


def _is_another_dose(inside: list[Strength], outside: list[Strength]) -> bool:
    for is_count in (False, True):
        own, others = ([one for one in side if one.is_count is is_count] for side in (inside, outside))
        if own and others and not all(one.tells_no_other_than(others) for one in own):
            return True
    return False


def _is_its_other_name(before: list[Part], part: Part) -> bool:
    """Coumadin/warfarin 5 mg: a brand and what it is, or two of its names, before any strength of either."""
    if part.joined != "/" or not before or not part.drugs or part.unknown or before[-1].unknown:
        return False
    one = before[-1]
    is_first = not any(other.strengths for other in takewhile(lambda other: not other.drugs, reversed(before[:-1])))
    names = [*one.names, *part.names]
    is_renamed = len({name.text for name in names}) == 2 == len(names) and not all(name.is_brand for name in names)
    return is_renamed and is_first and not one.strengths and one.drugs == part.drugs


def _strengths(parts: list[Part]) -> list[Strength]:
    return [strength for part in parts for strength in part.strengths]


def _drugs(parts: list[Part]) -> list[Drug]:
    return [drug for part in parts for drug in part.drugs]


def _ingredients(drugs: list[Drug]) -> list[str]:
    return sorted(name for drug in drugs for name in drug.ingredients)


def _product(drugs: list[Drug], products: Products) -> Drug | None:
    """Parts that exist together as one product are that product, unless one of its ingredients is there twice."""
    ingredients = _ingredients(drugs)
    return products.get(frozenset(ingredients)) if len(set(ingredients)) == len(ingredients) else None


def doubt_strengths(parts: list[Part], products: Products) -> None:
    """Lisinopril 20/12.5 has a second ingredient that is not named. The part stays known, and is unknown as well."""
    known: list[Part] = []
    for part, told in _with_what_follows(parts):
        known.append(part)
        if not part.unknown and told > _room(known, told, products):
            part.unknown, part.why = part.text, TOO_MANY_STRENGTHS


def _with_what_follows(parts: list[Part]) -> Iterator[tuple[Part, int]]:
    """Each part with a drug, and of how many ingredients it and the strengths up to the next one tell."""
    naming = [place for place, part in enumerate(parts) if part.drugs or part.unknown]
    for place, end in zip(naming, [*naming[1:], len(parts)], strict=False):
        first = 0 if place == naming[0] else place
        own = [part for part in parts[first:end] if not part.bracket or part is parts[place]]
        aside = [part for part in parts[first:end] if part not in own]
        if parts[place].drugs:
            yield parts[place], max([_amounts(own, parts[place]), *(_amounts([part], part) for part in aside)])


def _amounts(parts: list[Part], of: Part) -> int:
    strengths = [strength for part in parts for strength in part.strengths]
    if any(strength.unit == "%" for strength in strengths):
        strengths = [strength for strength in strengths if strength.unit != "g"]  # 1% in a tube of 30 g
    return sum(strength.amounts for strength in strengths if not (strength.is_mixture and is_mixed(of.ingredients)))


def _room(known: list[Part], told: int, products: Products) -> int:
    """How many ingredients those have of which the last strength may tell: those that hang together."""
    room = set(known[-1].ingredients)
    for later, part in zip(reversed(known), reversed(known[:-1]), strict=False):
        if len(room) >= told or later.joined not in TIGHT or part.strengths:
            break
        room.update(part.ingredients)
    together = (_product(_drugs(known[first:]), products) for first in range(len(known)))
    return max([len(room), *(len(product.ingredients) for product in together if product)])
