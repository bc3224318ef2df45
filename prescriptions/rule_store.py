"""The six tables of rule_tables, out of the database and into it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Prefetch

from prescriptions.rule_tables import Row, Tables, differences, listed
from prescriptions.spellings import folded

GetModel = Callable[[str], Any]
SIDES = {"interactions": ("first", "second"), "allergies": ("allergen", "target")}
MODELS = {
    "classes": "DrugClass",
    "ingredients": "Ingredient",
    "drugs": "Drug",
    "interactions": "InteractionRule",
    "duplicates": "DuplicateRule",
    "allergies": "AllergyRule",
}
KEY = {"classes": "name", "ingredients": "name", "drugs": "name"}


def live(name: str) -> Any:
    return apps.get_model("prescriptions", name)


def from_database(model: GetModel = live) -> Tables:
    """All drugs and rules, in ten queries whatever their number."""
    return {
        "classes": {
            row.name: {"name": row.name, "also_called": _joined(_others(row)), "source": row.source}
            for row in model("DrugClass").objects.prefetch_related(*_as_lists("names"))
        },
        "ingredients": {
            row.name: {"name": row.name, "classes": _joined(row.listed_classes)}
            for row in model("Ingredient").objects.prefetch_related(*_as_lists("classes"))
        },
        "drugs": {
            row.name: _drug(row) for row in model("Drug").objects.prefetch_related(*_as_lists("names", "ingredients"))
        },
        "interactions": {row.code: _rule(row, "first", "second") for row in _with_sides(model, "interactions")},
        "duplicates": {
            row.code: {"code": row.code, "class": row.drug_class.name if row.drug_class else "", **_common(row)}
            for row in model("DuplicateRule").objects.select_related("drug_class")
        },
        "allergies": {row.code: _allergy_rule(row) for row in _with_sides(model, "allergies")},
    }


def _with_sides(model: GetModel, table: str) -> Iterable[Any]:
    sides = [f"{side}_{kind}" for side in SIDES[table] for kind in ("class", "ingredient")]
    return model(MODELS[table]).objects.select_related(*sides)


def _as_lists(*relations: str) -> Iterator[Prefetch]:
    """`row.listed_names`: a manager for each of thousands of rows costs several times what its query does."""
    return (Prefetch(relation, to_attr=f"listed_{relation}") for relation in relations)


def _others(row: Any) -> list[Any]:
    own = folded(row.name)
    return [one for one in row.listed_names if one.folded != own]


def _joined(named: Iterable[Any]) -> str:
    return ";".join(sorted((one.name for one in named), key=str.casefold))


def _drug(row: Any) -> Row:
    others = _others(row)
    return {
        "name": row.name,
        "generic_names": _joined(one for one in others if one.kind == "generic"),
        "brands": _joined(one for one in others if one.kind == "brand"),
        "ingredients": _joined(row.listed_ingredients),
    }


def _side(row: Any, side: str) -> str:
    """ "class:..." or "ingredient:...", or nothing."""
    one_class, ingredient = getattr(row, f"{side}_class"), getattr(row, f"{side}_ingredient")
    return f"class:{one_class.name}" if one_class else f"ingredient:{ingredient.name}" if ingredient else ""


def _common(row: Any) -> dict[str, str]:
    return {
        "severity": row.severity,
        "description": row.description,
        "source": row.source,
        "effective_from": row.effective_from.isoformat(),
    }


def _rule(row: Any, *sides: str) -> Row:
    return {"code": row.code, **{side: _side(row, side) for side in sides}, **_common(row)}


def _allergy_rule(row: Any) -> Row:
    common = _common(row)
    severity = {"severity": common.pop("severity"), "after_severe": row.after_severe}
    return {"code": row.code, "allergen": _side(row, "allergen"), "target": _side(row, "target"), **severity, **common}


def store(tables: Tables, model: GetModel = live) -> None:
    """Make the database say what the tables say. They have no `problems`; nothing but what differs is touched.

    Raises ProtectedError where an allergy of a patient names what the tables no longer have.
    """
    gone: dict[str, list[str]] = {table: [] for table in MODELS}
    wanted: dict[str, dict[str, Row]] = {table: {} for table in MODELS}
    for change in differences(from_database(model), tables):
        if change.kind == "removed":
            gone[change.table].append(change.key)
        else:
            wanted[change.table][change.key] = tables[change.table][change.key]
    for table in ("allergies", "duplicates", "interactions", "drugs"):
        _remove(table, gone[table], model)
    model("ClassName").objects.filter(drug_class__name__in=gone["classes"]).delete()  # another class may have them now
    for table, rows in wanted.items():
        if rows:
            _write(table, rows, model)
    for table in ("ingredients", "classes"):  # what changed no longer needs them
        _remove(table, gone[table], model)


def _remove(table: str, keys: list[str], model: GetModel) -> None:
    if keys:
        model(MODELS[table]).objects.filter(**{f"{KEY.get(table, 'code')}__in": keys}).delete()


def _write(table: str, rows: Mapping[str, Row], model: GetModel) -> None:
    found, key = model(MODELS[table]), KEY.get(table, "code")
    ids = _ids(model)
    fields = {name: _columns(table, row, ids) for name, row in sorted(rows.items())}
    there = {getattr(one, key): one for one in found.objects.filter(**{f"{key}__in": list(rows)})}
    found.objects.bulk_create(found(**{key: name, **value}) for name, value in fields.items() if name not in there)
    for name, one in there.items():
        for column, value in fields[name].items():
            setattr(one, column, value)
    columns = sorted(next(iter(fields.values())))
    if there and columns:
        found.objects.bulk_update(there.values(), columns)
    if table in KEY:
        _write_names_and_members(table, rows, model)


def _ids(model: GetModel) -> dict[str, int]:
    """ "class:Penicillins" -> the id of its row."""
    kinds = {"class": "DrugClass", "ingredient": "Ingredient"}
    return {
        f"{kind}:{name}": pk
        for kind, name_of_model in kinds.items()
        for name, pk in model(name_of_model).objects.values_list("name", "pk")
    }


def _columns(table: str, row: Row, ids: Mapping[str, int]) -> dict[str, Any]:
    if table == "classes":
        return {"source": row["source"]}
    if table in KEY:
        return {}
    columns: dict[str, Any] = {name: row[name] for name in ("severity", "description", "source", "effective_from")}
    if table == "duplicates":
        return {**columns, "drug_class_id": ids.get(f"class:{row['class']}")}
    for side in SIDES[table]:
        kind = row[side].partition(":")[0]
        columns[f"{side}_class_id"] = ids[row[side]] if kind == "class" else None
        columns[f"{side}_ingredient_id"] = ids[row[side]] if kind == "ingredient" else None
    if table == "allergies":
        columns["after_severe"] = row["after_severe"]
    return columns


def _write_names_and_members(table: str, rows: Mapping[str, Row], model: GetModel) -> None:
    pks = dict(model(MODELS[table]).objects.filter(name__in=list(rows)).values_list("name", "pk"))
    if table == "classes":
        _write_names(model("ClassName"), "drug_class_id", {pks[key]: _spellings(row) for key, row in rows.items()})
        return
    owner, member, column = ("drug", "ingredient", "ingredients")
    if table == "ingredients":
        owner, member, column = ("ingredient", "drugclass", "classes")
    else:
        _write_names(model("DrugName"), "drug_id", {pks[key]: _spellings(row) for key, row in rows.items()})
    through = getattr(model(MODELS[table]), column).through
    members = _ids(model)
    prefix = "class:" if table == "ingredients" else "ingredient:"
    through.objects.filter(**{f"{owner}_id__in": list(pks.values())}).delete()
    through.objects.bulk_create(
        through(**{f"{owner}_id": pks[key], f"{member}_id": members[prefix + name]})
        for key, row in rows.items()
        for name in listed(row[column])
    )


def _spellings(row: Row) -> list[dict[str, str]]:
    """Each name once: of two that are found alike the first, which is the thing's own, stays."""
    return [*{folded(one["name"]): one for one in reversed(_all_spellings(row))}.values()]


def _all_spellings(row: Row) -> list[dict[str, str]]:
    if "also_called" in row:
        return [{"name": name} for name in (row["name"], *listed(row["also_called"]))]
    generic = [{"name": name, "kind": "generic"} for name in (row["name"], *listed(row["generic_names"]))]
    return [*generic, *({"name": name, "kind": "brand"} for name in listed(row["brands"]))]


def _write_names(names: Any, owner: str, spelled: Mapping[int, list[dict[str, str]]]) -> None:
    names.objects.filter(**{f"{owner}__in": list(spelled)}).delete()
    names.objects.bulk_create(
        names(**{owner: pk}, folded=folded(one["name"]), **one) for pk, given in spelled.items() for one in given
    )
