from typing import Any

from django.db import migrations

from labs.catalogue_seed.load import load


def seed(apps: Any, schema_editor: Any) -> None:
    load(apps)


def whoever_said_critical_was_the_sender(apps: Any, schema_editor: Any) -> None:
    """Until now nobody else could."""
    apps.get_model("labs", "LabResult").objects.filter(critical=True).update(sent_critical=True)


class Migration(migrations.Migration):
    dependencies = [("labs", "0021_catalogue_rules")]

    operations = [
        migrations.RunPython(whoever_said_critical_was_the_sender, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
