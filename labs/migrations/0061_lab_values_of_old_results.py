from collections.abc import Iterator
from typing import Any

from django.db import migrations

from labs.catalogue import OTHER_SPECIMEN
from labs.spellings import folded

AT_ONCE = 500
LONGEST_NAME = 200


def index_old_results(apps: Any, schema_editor: Any) -> None:
    results, value = apps.get_model("labs", "LabResult").objects, apps.get_model("labs", "LabValue")
    codes = {one.loinc or f"local-{one.pk}": one.pk for one in apps.get_model("labs", "Analyte").objects.all()}
    names = dict(apps.get_model("labs", "AnalyteName").objects.values_list("folded", "analyte_id"))
    batch: list[Any] = []
    rows = results.exclude(status="cancelled").select_related("original").order_by("pk")
    for result in rows.iterator(chunk_size=AT_ONCE):
        for position, analyte, name in _places(result, codes, names):
            batch.append(
                value(
                    result_id=result.pk,
                    position=position,
                    patient_id=result.patient_id,
                    analyte_id=analyte,
                    name=name,
                    at=(result.original or result).created_at,
                )
            )
        if len(batch) >= AT_ONCE:
            value.objects.bulk_create(batch)
            batch = []
    value.objects.bulk_create(batch)


def _places(result: Any, codes: dict[str, int], names: dict[str, int]) -> Iterator[tuple[int, int | None, str]]:
    """What was recorded before results were classified has no analyte beside it: its name leads to one."""
    blood = not OTHER_SPECIMEN.search(result.test_type)
    for position, entry in enumerate(result.entries):
        name = folded(entry["name"])
        by_name = names.get(name) if blood and "flag" not in entry else None
        analyte = codes.get(entry.get("analyte")) or by_name
        yield position, analyte, "" if analyte else name[:LONGEST_NAME]


class Migration(migrations.Migration):
    dependencies = [("labs", "0060_lab_values")]

    operations = [migrations.RunPython(index_old_results, migrations.RunPython.noop)]
