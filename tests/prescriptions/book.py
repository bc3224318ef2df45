"""The example rule set as the checker sees it, without a database."""

from datetime import UTC, datetime
from functools import cache

from prescriptions.checking import check_against
from prescriptions.checks import Allergen, Check, Taken
from prescriptions.rule_book import RuleBook, Version, rule_book_of
from prescriptions.rule_tables import Tables
from prescriptions.rules_seed.load import seed_tables


def book_of(tables: Tables, id: str = "seed") -> RuleBook:
    return rule_book_of(tables, Version(id, 1, datetime(2026, 1, 1, tzinfo=UTC), "Example"))


@cache
def seed_book() -> RuleBook:
    return book_of(seed_tables())


def checked(*medications: str, allergies: list[Allergen] | None = None, book: RuleBook | None = None) -> Check:
    return check_against(book or seed_book(), [Taken(text) for text in medications], allergies)


def found(check: Check, kind: str | None = None) -> set[tuple[str, str]]:
    """(kind, severity) of each alert."""
    return {(one.kind, one.severity) for one in check.alerts if kind in (None, one.kind)}


def allergic(code: str, *, severe: bool = False, reaction: str = "") -> Allergen:
    """To "class:Penicillins" or "ingredient:amoxicillin"; without a code, to something in words."""
    text = code.partition(":")[2] or "Something with berries"
    return Allergen(text, code, reaction, severe)
