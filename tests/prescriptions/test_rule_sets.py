"""Drugs and rules change through one door, and every change is a version that says what it was."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.refusals import IllegalStep, NotAllowed
from prescriptions.checking import check
from prescriptions.models import (
    Allergy,
    AllergyRule,
    Drug,
    DrugClass,
    DuplicateRule,
    Ingredient,
    InteractionRule,
    RuleSet,
)
from prescriptions.rule_import import apply, plan
from prescriptions.rule_store import from_database, store
from prescriptions.rule_tables import COLUMNS, differences, problems, read_csv, write_csv
from prescriptions.rules_seed.load import seed_tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]


STATINS = "class:Statins"


def csv_of(table, **changes):
    """The table as a file, with some rows changed: key=None leaves one out, key={...} changes or adds one."""
    rows = dict(seed_tables()[table])
    for key, change in changes.items():
        key = key.replace("_", "-")
        if change is None:
            rows.pop(key)
        else:
            rows[key] = {**rows.get(key, next(iter(rows.values()))), COLUMNS[table][0]: key, **change}
    return write_csv(table, rows)


def test_a_row_is_not_saved_outside_of_a_version(cast):
    rule = InteractionRule.objects.first()
    for act in (rule.save, rule.delete, Drug.objects.first().save, DrugClass(name="New", source="x").save):
        with pytest.raises(TypeError):
            act()


def test_a_change_is_one_version_with_who_and_what(cast):
    with RuleSet.change(by=cast.admin, source="Local board", note="After a review"):
        for code in ("warfarin-nsaids", "lithium-nsaids"):
            rule = InteractionRule.objects.get(code=code)
            rule.severity = "moderate"
            rule.save()
    made = RuleSet.objects.in_force().first()
    assert (made.version, made.made_by, made.source, made.note) == (2, cast.admin, "Local board", "After a review")
    assert [(one["key"], one["kind"], one["fields"]) for one in made.changes] == [
        ("lithium-nsaids", "changed", [["severity", "major", "moderate"]]),
        ("warfarin-nsaids", "changed", [["severity", "major", "moderate"]]),
    ]


def test_no_difference_is_no_version(cast):
    with RuleSet.change(by=cast.admin, source="Local board"):
        InteractionRule.objects.first().save()
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "smith", "laboratory"])
def test_only_administrators_change_and_approve(cast, who):
    user = getattr(getattr(cast, who), "user", getattr(cast, who))
    with pytest.raises(NotAllowed), RuleSet.change(by=user, source="x"):
        pass
    with pytest.raises(NotAllowed):
        RuleSet.objects.get().approve(by=user)


def test_rules_that_would_not_be_whole_are_not_taken(cast):
    with pytest.raises(ValidationError, match="must not be empty"), RuleSet.change(by=cast.admin, source="x"):
        Drug.objects.get(name="warfarin").ingredients.clear()
    assert from_database() == seed_tables()
    assert RuleSet.objects.count() == 1


def test_a_version_is_never_rewritten_and_approved_once_while_it_is_the_newest(cast):
    first = RuleSet.objects.get()
    with pytest.raises(TypeError):
        first.save()
    first.approve(by=cast.admin)
    with pytest.raises(IllegalStep):
        first.approve(by=cast.admin)
    with RuleSet.change(by=cast.admin, source="x"):
        InteractionRule.objects.get(code="warfarin-nsaids").delete()
    assert RuleSet.objects.in_force().first().approved_at is None
    with pytest.raises(IllegalStep):
        RuleSet.objects.get(version=1).approve(by=cast.admin)


def test_a_new_ingredient_comes_with_a_drug_of_its_name(cast):
    with RuleSet.change(by=cast.admin, source="x"):
        Ingredient(name="newdrugine").save()
    assert Drug.objects.get(name="newdrugine").names.get().folded == "newdrugine"


@pytest.mark.parametrize(
    "model, change",
    [
        (InteractionRule, {"severity": "awful"}),
        (InteractionRule, {"source": ""}),
        (InteractionRule, {"first_class": None, "first_ingredient": None}),
        (DuplicateRule, {"drug_class": None}),
        (AllergyRule, {"target_class": None, "target_ingredient": None}),
        (AllergyRule, {"after_severe": "awful"}),
        (RuleSet, {"source": ""}),
    ],
)
def test_the_database_refuses_what_cannot_be(model, change):
    rows = model.objects.all()
    if model is AllergyRule:
        rows = rows.exclude(allergen_class=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**change)


def test_export_and_import_are_each_others_inverse(cast):
    files = {table: write_csv(table, rows) for table, rows in from_database().items()}
    made = plan(files)
    assert (made.changes, made.problems) == ([], [])
    assert {table: read_csv(table, text)[0] for table, text in files.items()} == seed_tables()


def test_a_dry_run_says_by_line_and_field_what_would_change_and_changes_nothing(cast):
    text = csv_of(
        "interactions",
        warfarin_nsaids={"severity": "contraindicated"},
        metformin_alcohol=None,
        zz_local={"first": "ingredient:warfarin", "second": "ingredient:metronidazole", "source": "Local board 2026"},
    )
    made = plan({"interactions": text})
    assert made.problems == []
    assert {(one.kind, one.key) for one in made.changes} == {
        ("changed", "warfarin-nsaids"),
        ("removed", "metformin-alcohol"),
        ("added", "zz-local"),
    }
    changed = next(one for one in made.changes if one.kind == "changed")
    assert changed.fields == (("severity", "major", "contraindicated"),)
    assert text.splitlines()[changed.line - 1].startswith("warfarin-nsaids,")
    assert from_database() == seed_tables()


def test_an_import_is_one_version(cast):
    files = {
        "classes": csv_of("classes", Newclass={"name": "Newclass", "also_called": "nc", "source": "Local board 2026"}),
        "ingredients": csv_of("ingredients", newdrugine={"classes": "Newclass"}),
        "drugs": csv_of(
            "drugs", newdrugine={"generic_names": "newdrugin", "brands": "Nova", "ingredients": "newdrugine"}
        ),
        "duplicates": csv_of("duplicates", duplicate_new={"class": "Newclass", "source": "Local board 2026"}),
        "interactions": csv_of("interactions", onc_05_irinotecan_cyp3a4=None),
    }
    apply(files, by=cast.admin, source="Local board", based_on=1)
    after = from_database()
    assert RuleSet.objects.in_force().first().version == 2
    assert {table: read_csv(table, text)[0] for table, text in files.items()} == {name: after[name] for name in files}
    back = {table: write_csv(table, rows) for table, rows in seed_tables().items()}
    apply(back, by=cast.admin, source="Back", based_on=2)
    assert from_database() == seed_tables()


def test_names_may_move_between_rows_in_one_import(cast):
    tables = seed_tables()
    one, other = dict(tables["drugs"]["warfarin"]), dict(tables["drugs"]["apixaban"])
    one["brands"], other["brands"] = other["brands"], one["brands"]
    wanted = {**tables, "drugs": {**tables["drugs"], "warfarin": one, "apixaban": other}}
    store(wanted)
    assert from_database() == wanted


def test_an_import_after_somebody_elses_change_is_refused(cast):
    with RuleSet.change(by=cast.admin, source="Meanwhile"):
        InteractionRule.objects.get(code="warfarin-nsaids").delete()
    with pytest.raises(IllegalStep, match="changed since"):
        apply({"interactions": csv_of("interactions")}, by=cast.admin, source="x", based_on=1)
    assert RuleSet.objects.count() == 2


@pytest.mark.parametrize(
    "table, changes, says",
    [
        ("interactions", {"warfarin_nsaids": {"source": ""}}, "must not be empty"),
        ("interactions", {"warfarin_nsaids": {"source": "."}}, "no letter or digit"),
        ("interactions", {"warfarin_nsaids": {"source": "\u200b"}}, "no letter or digit"),
        ("classes", {"Statins": {"source": "?"}}, "no letter or digit"),
        ("drugs", {"warfarin": {"brands": "tablet"}}, "tablet: this is a form"),
        ("drugs", {"warfarin": {"generic_names": "oral 500 mg"}}, "oral 500 mg: this is"),
        ("drugs", {"mg": {"ingredients": "warfarin"}}, "mg: this is"),
        ("drugs", {"360": {"ingredients": "warfarin"}}, "360: this is"),
        ("ingredients", {"acetate": {}}, "acetate: this is"),
        ("interactions", {"warfarin_nsaids": {"severity": "bad"}}, "Choose one of"),
        ("interactions", {"warfarin_nsaids": {"effective_from": "01/02/2026"}}, "Give a date"),
        ("interactions", {"warfarin_nsaids": {"first": "class:Nothing"}}, "There is no class:Nothing"),
        ("interactions", {"warfarin_nsaids": {"first": "warfarin"}}, "There is no warfarin"),
        ("interactions", {"warfarin_nsaids": {"second": "ingredient:warfarin"}}, "would never speak"),
        ("interactions", {"duplicate_nsaids": {}}, "code of a rule"),
        ("ingredients", {"warfarin": None}, "There is no ingredient:warfarin"),
        ("drugs", {"warfarin": None}, "A drug of this name"),
        ("drugs", {"warfarin": {"brands": "Tylenol"}}, "is a name of"),
        ("duplicates", {"duplicate_again": {"class": "Statins"}}, "is the rule for it already"),
        ("interactions", {"warfarin_nsaids": {"effective_from": "2199-03-01"}}, "until 2199-03-01 nothing of it"),
        ("duplicates", {"duplicate_ingredient": {"effective_from": "2199-03-01"}}, "cannot be postponed"),
        ("duplicates", {"duplicate_ingredient": None}, "it must stay"),
        ("allergies", {"allergy_same_substance": None}, "it must stay"),
        (
            "allergies",
            {"allergy_same_substance": {"allergen": "class:Statins", "target": "class:Statins"}},
            "must stay",
        ),
        ("allergies", {"allergy_penicillins": {"target": ""}}, "Name both"),
        ("classes", {"Statins": None}, "There is no class:Statins"),
    ],
)
def test_what_cannot_be_is_a_problem_with_its_line_and_nothing_is_changed(cast, table, changes, says):
    files = {table: csv_of(table, **changes)}
    made = plan(files)
    assert any(says in str(problem) for problem in made.problems), made.problems
    with pytest.raises(IllegalStep):
        apply(files, by=cast.admin, source="x", based_on=1)
    assert from_database() == seed_tables()


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "The columns must be"),
        ("code,first\nx,y\n", "The columns must be"),
        (",".join(COLUMNS["duplicates"]) + "\na,b\n", "another number of columns"),
        (",".join(COLUMNS["duplicates"]) + '\n"a,b\n', "no CSV"),
        (",".join(COLUMNS["duplicates"]) + "\n" + "a,,minor,d,s,2026-01-01\n" * 2, "on line 2 already"),
        (",".join(COLUMNS["duplicates"]) + "\na,,minor,d\x00,s,2026-01-01\n", ""),
    ],
)
def test_a_file_that_is_no_table_is_a_problem_with_its_line(cast, text, says):
    made = plan({"duplicates": text})
    assert made.problems
    assert says in str(made.problems[0])


@pytest.mark.parametrize("code", ["warfarin-nsaids", "duplicate-ingredient"])
def test_a_rule_in_force_is_not_postponed_by_hand_either_and_stays_found(cast, code):
    model = InteractionRule if code == "warfarin-nsaids" else DuplicateRule
    with pytest.raises(ValidationError, match="cannot be postponed"), RuleSet.change(by=cast.admin, source="x"):
        rule = model.objects.get(code=code)
        rule.effective_from = date(2199, 3, 1)
        rule.save()
    assert model.objects.get(code=code).effective_from == date(2026, 1, 1)
    assert check(["warfarin", "ibuprofen"]).status == "alerts"


def test_what_no_check_goes_without_is_not_deleted_by_hand(cast):
    for model, code in ((DuplicateRule, "duplicate-ingredient"), (AllergyRule, "allergy-same-substance")):
        with pytest.raises(ValidationError, match="it must stay"), RuleSet.change(by=cast.admin, source="x"):
            model.objects.get(code=code).delete()


def test_it_may_get_another_code_and_a_new_rule_may_begin_later(cast):
    own = {**seed_tables()["allergies"]["allergy-same-substance"], "code": "our-own"}
    later = {**own, "code": "later", "allergen": STATINS, "target": STATINS}
    later["effective_from"] = "2199-03-01"
    text = csv_of("allergies", allergy_same_substance=None, our_own=own, later=later)
    assert plan({"allergies": text}).problems == []
    apply({"allergies": text}, by=cast.admin, source="Local board", based_on=1)
    assert plan({"allergies": text.replace("2199-03-01", "2199-04-01")}).problems == []  # it is not in force yet


def test_what_allergies_of_patients_name_cannot_be_removed(cast):
    Allergy.record(by=cast.admin, patient=cast.alice, substance="digoxin")
    files = {"ingredients": csv_of("ingredients", digoxin=None), "drugs": csv_of("drugs", digoxin=None)}
    made = plan(files)
    assert ["Allergies of patients name it" in problem.text for problem in made.problems] == [True]


def test_differences_of_the_same_are_none_and_the_seed_has_no_problems():
    assert differences(seed_tables(), seed_tables()) == problems(seed_tables()) == []
