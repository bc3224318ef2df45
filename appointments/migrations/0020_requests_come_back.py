"""Requests come back to who does not answer them; those that wait already do so since they were last asked for."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def asked_when_they_last_changed(apps: Any, schema_editor: Any) -> None:
    changes = apps.get_model("appointments", "AppointmentStatusChange").objects.filter(appointment=OuterRef("pk"))
    last = changes.order_by("-at").values("at")[:1]
    apps.get_model("appointments", "Appointment").objects.update(asked_at=Coalesce(Subquery(last), F("created_at")))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_doctors_may_overbook"),
        ("appointments", "0005_one_hold_a_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(help_text="Since when it waited.")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("doctor", "its doctor"),
                            ("cover", "the covering doctor"),
                            ("administrator", "an administrator"),
                        ],
                        max_length=13,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="WaitingTimes",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "comes_back_after_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="Hours without an answer; its doctor is told again.",
                        verbose_name="a request comes back after",
                    ),
                ),
                (
                    "to_the_cover_after_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        help_text="Hours without an answer; whoever covers the doctor is told, or the administrators if nobody does.",
                        verbose_name="and goes to the cover after",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "waiting times",
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="asked_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, help_text="Since when it waits for an answer."
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("status", "requested")), fields=["asked_at"], name="appointment_unanswered"
            ),
        ),
        migrations.AddField(
            model_name="requestreturn",
            name="appointment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="appointments.appointment"
            ),
        ),
        migrations.AddField(
            model_name="requestreturn",
            name="to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingtimes",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="waiting_times_are_one_row"),
        ),
        migrations.AddConstraint(
            model_name="waitingtimes",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("comes_back_after_hours__gte", 1),
                    ("to_the_cover_after_hours__gte", models.F("comes_back_after_hours")),
                    ("to_the_cover_after_hours__lte", 1440),
                ),
                name="waiting_times_in_their_order",
            ),
        ),
        migrations.AddIndex(
            model_name="requestreturn",
            index=models.Index(fields=["to", "at"], name="request_returns_to"),
        ),
        migrations.AddConstraint(
            model_name="requestreturn",
            constraint=models.UniqueConstraint(
                fields=("appointment", "asked_at", "to"), name="request_comes_back_to_each_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["doctor", "cover", "administrator"])),
                name="return_audience_in_set",
            ),
        ),
        migrations.RunPython(asked_when_they_last_changed, migrations.RunPython.noop),
    ]
