from typing import Any

from django.db import migrations

DEFAULT = [(0, "ordering"), (15, "covering"), (30, "on_call"), (60, "breach")]


def make_default(apps: Any, schema_editor: Any) -> None:
    step = apps.get_model("notifications", "LadderStep")
    step.objects.bulk_create(step(after_minutes=after, audience=audience) for after, audience in DEFAULT)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RunPython(make_default, migrations.RunPython.noop)]
