from typing import Any

from django.db import migrations

from prescriptions.rules_seed.load import bring_what_is_new


def bring(apps: Any, schema_editor: Any) -> None:
    bring_what_is_new(apps)


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0044_example_names_with_numbers")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
