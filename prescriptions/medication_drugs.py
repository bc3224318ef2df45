"""What the parts of a text name together: products, what is said twice, and strengths that tell of one more drug."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from prescriptions.drug_words import is_mixed
from prescriptions.medication_items import Drug
from prescriptions.medication_parts import Part

TOO_MANY_STRENGTHS = "It tells more strengths than it names ingredients."
TIGHT = {"-", "/", "+", "&"}
Products = Mapping[frozenset[str], Drug]


def drugs_of(parts: list[Part], products: Products) -> tuple[Drug, ...]:
    """Those of all parts, once for each time that they are taken: what a bracket says again is no second one."""
    drugs: list[Drug] = []
    for bracket, group in groupby(parts, key=lambda part: part.bracket):
        named = [drug for part in group for drug in part.drugs]
        if not (bracket and _says_again(drugs, named)):
            drugs += named
    product = _product(drugs, products)
    return (product,) if product else tuple(drugs)


def _says_again(drugs: list[Drug], named: list[Drug]) -> bool:
    return any(_ingredients(drugs[first:]) == _ingredients(named) for first in range(len(drugs)))


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
        if told > _room(known, told, products):
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
    room = len(known[-1].ingredients)
    for later, part in zip(reversed(known), reversed(known[:-1]), strict=False):
        if room >= told or later.joined not in TIGHT or part.strengths:
            break
        room += len(part.ingredients)
    together = (
        _product([drug for part in known[first:] for drug in part.drugs], products) for first in range(len(known))
    )
    return max([room, *(len(product.ingredients) for product in together if product)])
