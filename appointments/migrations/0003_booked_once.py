"""Kinds of visit to begin with, what occupies time already, and the rule that nobody is in two places at once."""

from datetime import timedelta
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from appointments.booked_time import BOOKED_ONCE

UNDO = """
ALTER TABLE appointments_bookedtime DROP CONSTRAINT patient_booked_once;
ALTER TABLE appointments_bookedtime DROP CONSTRAINT doctor_booked_once;
DROP TYPE uuidrange;
"""


def kinds(apps: Any, schema_editor: Any) -> None:
    kind = apps.get_model("appointments", "VisitKind")
    consultation = kind.objects.create(code="consultation", name="Consultation", minutes=30, is_default=True)
    kind.objects.create(code="follow-up", name="Short follow-up", minutes=15)
    kind.objects.create(code="long-visit", name="Long visit", minutes=60, buffer_minutes=15)
    apps.get_model("appointments", "Appointment").objects.update(kind=consultation)


def occupied(apps: Any, schema_editor: Any) -> None:
    """Visits that overlap already stay as they are, as deliberate ones: whose time it is, is not ours to decide."""
    booked = apps.get_model("appointments", "BookedTime")
    until: dict[Any, Any] = {}
    appointments = apps.get_model("appointments", "Appointment").objects.filter(status__in=["confirmed", "in_progress"])
    for appointment in appointments.select_related("kind").order_by("scheduled_time", "pk"):
        begins = appointment.scheduled_time
        ends = begins + timedelta(minutes=appointment.kind.minutes)
        keys = {appointment.doctor_id, appointment.patient_id}
        overlaps = any(begins < until[key] for key in keys if key in until)
        until |= dict.fromkeys(keys, ends)
        booked.objects.create(
            doctor_id=appointment.doctor_id,
            patient_id=appointment.patient_id,
            kind=appointment.kind,
            begins=begins,
            ends=ends,
            blocked_until=ends,
            appointment=appointment,
            overbooked=overlaps,
        )


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_availability")]

    operations = [
        migrations.RunPython(kinds, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="appointment",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="appointments.visitkind",
                verbose_name="kind of visit",
            ),
        ),
        migrations.RunPython(occupied, migrations.RunPython.noop),
        migrations.RunSQL(BOOKED_ONCE, UNDO),
    ]
