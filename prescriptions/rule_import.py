"""Tables that an administrator brings: what they would change, and then the change, as one version."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from accounts.refusals import IllegalStep
from prescriptions.models import Allergy, RuleSet
from prescriptions.rule_store import from_database, store
from prescriptions.rule_tables import Change, Problem, Tables, differences, problems, read_csv, with_lines
from prescriptions.rules_in_force import out_of_force


@dataclass(frozen=True)
class Plan:
    """What would change from `based_on`, the version that is in force; nothing may while there are problems."""

    based_on: int
    tables: Tables
    changes: list[Change]
    problems: list[Problem]


def plan(files: Mapping[str, str]) -> Plan:
    """Table -> CSV. A table that is brought takes the place of the whole old one; the others stay as they are."""
    newest = RuleSet.objects.order_by("-version").first()
    before = from_database()
    after, lines, wrong = dict(before), {}, []
    for table, text in files.items():
        after[table], lines[table], unreadable = read_csv(table, text)
        wrong += unreadable
    changes = differences(before, after, lines)
    if not wrong:
        refused = [*problems(after), *out_of_force(before, after, timezone.localdate()), *_still_needed(changes)]
        wrong = with_lines(refused, lines)
    return Plan(newest.version if newest else 0, after, changes, wrong)


def _still_needed(changes: list[Change]) -> list[Problem]:
    """An allergy on record, ended ones too, says what it is about for ever."""
    gone = {
        table: [change.key for change in changes if (change.table, change.kind) == (table, "removed")]
        for table in ("ingredients", "classes")
    }
    named = {
        "ingredients": Allergy.objects.filter(ingredient__name__in=gone["ingredients"]).values_list("ingredient__name"),
        "classes": Allergy.objects.filter(drug_class__name__in=gone["classes"]).values_list("drug_class__name"),
    }
    return [
        Problem(table, name, "name", "Allergies of patients name it, so it must stay.")
        for table, found in named.items()
        for (name,) in found.order_by().distinct()
    ]


def apply(files: Mapping[str, str], *, by: User, source: str, note: str = "", based_on: int) -> None:
    """Raises IllegalStep if another version is in force than the one that the plan was based on.

    Also NotAllowed and ValidationError, as `RuleSet.change`.
    """
    with RuleSet.change(by=by, source=source, note=note):
        made = plan(files)
        if made.based_on != based_on:
            raise IllegalStep("The rules have changed since you looked. See again what would change.", code="stale")
        if made.problems:
            raise IllegalStep(f"Nothing is changed. {made.problems[0]}", code="has_problems")
        store(made.tables)
