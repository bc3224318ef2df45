from typing import Any

from django.db import migrations, models


def minutes_of_the_last_step(apps: Any, schema_editor: Any) -> None:
    """Whoever stands on the ladder keeps their place, by its minutes and no longer by its number."""
    rungs = list(
        apps.get_model("notifications", "LadderStep")
        .objects.order_by("after_minutes")
        .values_list("after_minutes", flat=True)
    )
    Alert = apps.get_model("notifications", "Alert")
    for number, after_minutes in enumerate(rungs or [0, 15, 30, 60], start=1):
        Alert.objects.filter(steps_taken__gte=number).update(climbed_minutes=after_minutes)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_two_facts_close_an_alert")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="climbed_minutes",
            field=models.PositiveIntegerField(
                default=0, help_text="The step of the ladder that was taken last, by its minutes."
            ),
        ),
        migrations.RunPython(minutes_of_the_last_step, migrations.RunPython.noop),
        migrations.RemoveField(model_name="alert", name="steps_taken"),
    ]
