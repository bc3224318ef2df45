"""What is refused of a change, because patients would be without a rule that protects them today."""

from collections.abc import Iterator, Mapping
from datetime import date

from prescriptions.rule_tables import Problem, Row, Tables
from prescriptions.rules import postponed

MUST_STAY = {
    "duplicates": "Without a rule about the same ingredient twice, in force today, no check is one: it must stay.",
    "allergies": "Without a rule about the very substance, in force today, no check of a patient is one: it must stay.",
}


def out_of_force(before: Tables, after: Tables, today: date) -> Iterator[Problem]:
    """Rules in force that would begin later, and the two that no check goes without, removed or emptied."""
    for table in ("interactions", "duplicates", "allergies"):
        for key, row in after[table].items():
            old = before[table].get(key)
            wrong = postponed(old["effective_from"], row["effective_from"], today) if old else ""
            if wrong:
                yield Problem(table, key, "effective_from", wrong)
    for table, says in MUST_STAY.items():
        had, has = _about_the_same(before[table], today), _about_the_same(after[table], today)
        if had and not has:
            yield Problem(table, had[0], "code", says)


def _about_the_same(rules: Mapping[str, Row], today: date) -> list[str]:
    """Codes of those in force without a class or a side: they are about the very ingredient or substance."""
    return [
        code
        for code, row in rules.items()
        if not (row["class"] if "class" in row else row["allergen"] or row["target"])
        and row["effective_from"] <= today.isoformat()
    ]
