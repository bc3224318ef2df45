"""What the database demands of the catalogue."""

from django.db import migrations, models

from labs.limit_rules import NO_OVERLAP


class Migration(migrations.Migration):
    dependencies = [("labs", "0020_catalogue")]

    operations = [
        migrations.AddConstraint(
            model_name="analytename",
            constraint=models.CheckConstraint(
                condition=models.Q(("folded", ""), _negated=True), name="analyte_name_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="analyteunit",
            constraint=models.UniqueConstraint(fields=("analyte", "spelling"), name="analyte_unit_spelled_once"),
        ),
        migrations.AddConstraint(
            model_name="analyteunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("divided_by__gt", 0), ("times__gt", 0)), name="analyte_unit_factor_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="analyteunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("spelling", ""), _negated=True), name="analyte_unit_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="codedvalue",
            constraint=models.UniqueConstraint(fields=("analyte", "folded"), name="coded_value_means_one_thing"),
        ),
        migrations.AddConstraint(
            model_name="codedvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("flag__in", ["N", "A", "AA"])), name="coded_value_flag_in_set"
            ),
        ),
        migrations.AddConstraint(
            model_name="codedvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("folded", ""), _negated=True), name="coded_value_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="panelitem",
            constraint=models.UniqueConstraint(fields=("panel", "analyte"), name="panel_has_an_analyte_once"),
        ),
        migrations.AddConstraint(
            model_name="panelitem",
            constraint=models.UniqueConstraint(fields=("panel", "position"), name="panel_has_one_at_a_position"),
        ),
        migrations.AddIndex(
            model_name="limitband",
            index=models.Index(fields=["analyte", "effective_from"], name="limit_band_of_analyte"),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex__in", ["any", "female", "male"])), name="limit_band_sex_in_set"
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_until_days", None), ("age_until_days__gt", models.F("age_from_days")), _connector="OR"
                ),
                name="limit_band_age_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_until", None), ("effective_until__gte", models.F("effective_from")), _connector="OR"
                ),
                name="limit_band_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_low", False), ("low", None), _connector="OR"),
                name="limit_band_low_or_none_by_design",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_high", False), ("high", None), _connector="OR"),
                name="limit_band_high_or_none_by_design",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__isnull", False),
                    ("high__isnull", False),
                    ("critical_low__isnull", False),
                    ("critical_high__isnull", False),
                    _connector="OR",
                ),
                name="limit_band_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(("critical_low_operator__in", ["<", "<="]), ("low_operator__in", ["<", "<="])),
                name="limit_band_low_operators_in_set",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(("critical_high_operator__in", [">", ">="]), ("high_operator__in", [">", ">="])),
                name="limit_band_high_operators_in_set",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__isnull", True), ("high__isnull", True), ("low__lte", models.F("high")), _connector="OR"
                ),
                name="limit_band_low_is_not_above_high",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("critical_low__isnull", True),
                        ("low__isnull", True),
                        ("critical_low__lte", models.F("low")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("critical_low__isnull", True),
                        ("high__isnull", True),
                        ("critical_low__lte", models.F("high")),
                        _connector="OR",
                    ),
                ),
                name="limit_band_critical_low_is_lowest",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("high__isnull", True),
                        ("critical_high__isnull", True),
                        ("high__lte", models.F("critical_high")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("low__isnull", True),
                        ("critical_high__isnull", True),
                        ("low__lte", models.F("critical_high")),
                        _connector="OR",
                    ),
                ),
                name="limit_band_critical_high_is_highest",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("critical_low__isnull", True),
                    ("critical_high__isnull", True),
                    ("critical_low__lte", models.F("critical_high")),
                    _connector="OR",
                ),
                name="limit_band_critical_ends_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="limit_band_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitband",
            constraint=models.UniqueConstraint(
                fields=("analyte", "sex", "age_from_days", "version"), name="limit_band_version_once"
            ),
        ),
        migrations.RunSQL(NO_OVERLAP, "ALTER TABLE labs_limitband DROP CONSTRAINT limit_bands_never_overlap"),
    ]
