"""Whoever read a value on a page about its patient has seen it; whoever saw a result until now had opened it."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def opened(apps: Any, schema_editor: Any) -> None:
    apps.get_model("labs", "LabResultView").objects.update(opened_at=F("first_at"))


class Migration(migrations.Migration):
    dependencies = [("labs", "0092_csv_item_of_message")]

    operations = [
        migrations.AddField(
            model_name="labresultview",
            name="opened_at",
            field=models.DateTimeField(
                blank=True, help_text="The whole result; empty where it was in passing.", null=True
            ),
        ),
        migrations.RunPython(opened, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="labresultview",
            constraint=models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("first_at")), name="lab_result_opened_once_seen"
            ),
        ),
    ]
