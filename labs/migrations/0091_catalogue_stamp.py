"""The database says itself when the catalogue has changed, so that a process may keep it meanwhile."""

from django.db import migrations, models

TABLES = ["labs_analyte", "labs_analytename", "labs_analyteunit", "labs_codedvalue", "labs_limitband"]
CHANGED = """
    CREATE FUNCTION labs_catalogue_changed() RETURNS trigger AS $$
    BEGIN
        INSERT INTO labs_cataloguestamp (id, value) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET value = excluded.value;
        RETURN NULL;
    END
    $$ LANGUAGE plpgsql
"""
WATCH = """
    CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {}
    FOR EACH STATEMENT EXECUTE FUNCTION labs_catalogue_changed()
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0090_release")]

    operations = [
        migrations.CreateModel(
            name="CatalogueStamp",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("value", models.UUIDField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="catalogue_stamp_is_one")]
            },
        ),
        migrations.RunSQL(
            "INSERT INTO labs_cataloguestamp (id, value) VALUES (1, gen_random_uuid())", migrations.RunSQL.noop
        ),
        migrations.RunSQL(CHANGED, "DROP FUNCTION labs_catalogue_changed()"),
        *(migrations.RunSQL(WATCH.format(table), f"DROP TRIGGER catalogue_changed ON {table}") for table in TABLES),
    ]
