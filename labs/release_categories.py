"""The kinds of result for which a patient chooses when to see them: the catalogue's categories, and everything else."""

from collections.abc import Iterable
from dataclasses import dataclass

from labs.catalogue_models import Category

OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """A category in the words of a patient: `name`, and `examples` of what is in it."""

    category: str
    name: str
    examples: str


KINDS = (
    Kind(Category.CHEMISTRY, "Blood chemistry", "Salts, sugar, fats, kidneys, liver"),
    Kind(Category.HAEMATOLOGY, "Blood cells", "A blood count: red cells, white cells, platelets"),
    Kind(Category.COAGULATION, "Blood clotting", "INR and others: how fast your blood clots"),
    Kind(Category.ENDOCRINE, "Hormones", "The thyroid, and sugar over months (HbA1c)"),
    Kind(Category.CARDIAC, "Heart", "Troponin, BNP: whether your heart is under strain"),
    Kind(Category.BLOOD_GAS, "Oxygen and acid in the blood", "Blood gases"),
    Kind(Category.THERAPEUTIC_DRUG, "Level of a medicine", "How much of a medicine is in your blood"),
    Kind(Category.MICROBIOLOGY, "Germs", "Cultures, and tests for infections"),
    Kind(OTHER, "Everything else", "Tissue samples, tests of genes, and whatever is in none of the others"),
)
CATEGORIES = tuple(kind.category for kind in KINDS)


def categories_of(found: Iterable[str | None]) -> set[str]:
    """Of the analytes of a result's values; None for a value that the catalogue does not know."""
    return {category or OTHER for category in found}
