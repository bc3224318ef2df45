"""Who was told of the visits of a doctor who left. For those who left before, who finds another is told once more."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_doctors_may_overbook"),
        ("appointments", "0022_visits_go_to_another_doctor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ToldOfLeaver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("came_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "doctor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.doctor"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("came_back_at", None)),
                        fields=("doctor", "to"),
                        name="told_of_a_leaver_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("came_back_at", None), ("came_back_at__gte", models.F("at")), _connector="OR"
                        ),
                        name="told_before_the_leaver_came_back",
                    ),
                ],
            },
        ),
    ]
