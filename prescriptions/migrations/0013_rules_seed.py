from typing import Any

from django.db import migrations

from prescriptions.rules_seed.load import load


def seed(apps: Any, schema_editor: Any) -> None:
    load(apps)


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0012_allergies")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
