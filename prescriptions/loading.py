"""The rule set that is in force, kept in this process until a newer one is."""

from dataclasses import replace

from prescriptions.rule_book import RuleBook, Version, rule_book_of
from prescriptions.rule_sets import RuleSet
from prescriptions.rule_store import from_database

_kept: dict[str, RuleBook] = {}


def rule_book() -> RuleBook | None:
    """None where there is no rule set, or one without drugs. One query; more for the first to ask of a version."""
    newest = RuleSet.objects.in_force().first()
    while newest:
        version = Version(str(newest.pk), newest.version, newest.effective_from, newest.label)
        book = _kept.get(version.id)
        if book is None:
            book = rule_book_of(from_database(), version)
            seen, newest = newest, RuleSet.objects.in_force().first()
            if newest != seen:  # it changed while we read: what we have is half of each
                continue
            _kept.clear()
            _kept[version.id] = book
        elif book.version != version:  # approved since
            book = _kept[version.id] = replace(book, version=version)
        return book if book.names.spelled else None
    return None
