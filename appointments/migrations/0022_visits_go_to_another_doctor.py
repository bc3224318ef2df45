from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def with_the_doctor_that_it_has(apps: Any, schema_editor: Any) -> None:
    """No visit has gone to another doctor so far."""
    its_doctor = apps.get_model("appointments", "Appointment").objects.filter(pk=OuterRef("appointment"))
    lines = apps.get_model("appointments", "AppointmentStatusChange").objects.filter(doctor=None)
    lines.update(doctor=Subquery(its_doctor.values("doctor")))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_doctors_may_overbook"),
        ("appointments", "0013_calendar_feeds"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointmentstatuschange",
            name="doctor",
            field=models.ForeignKey(
                help_text="With whom it was to be, from then on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.doctor",
            ),
        ),
        migrations.RunPython(with_the_doctor_that_it_has, migrations.RunPython.noop),
        # Else the rows just written have checks outstanding, and PostgreSQL alters no table with those.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="appointmentstatuschange",
            name="doctor",
            field=models.ForeignKey(
                help_text="With whom it was to be, from then on.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.doctor",
            ),
        ),
    ]
