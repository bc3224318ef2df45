"""What had come to its end before states were kept is expired since then. Nobody is told: it is no news."""

from django.db import migrations

EXPIRE = """
WITH over AS (
    UPDATE prescriptions_prescription SET status = 'expired', ended_at = expires_at
    WHERE status = 'active' AND expires_at <= now() RETURNING id, expires_at
)
INSERT INTO prescriptions_prescriptionstatuschange (prescription_id, from_status, to_status, refill, at, reason)
SELECT id, 'active', 'expired', '', expires_at, '' FROM over
"""


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0030_prescription_life")]

    operations = [migrations.RunSQL(EXPIRE, migrations.RunSQL.noop)]
