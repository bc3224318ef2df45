"""Limits are never edited or deleted, by whoever; they know which version they replace and who entered them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.fields
import labs.loinc
from labs.limit_rules import KEPT, NOT_KEPT


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0022_catalogue_seed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="panelitem",
            options={"ordering": ["panel", "position", "id"]},
        ),
        migrations.RemoveConstraint(
            model_name="panelitem",
            name="panel_has_one_at_a_position",
        ),
        migrations.AddField(
            model_name="limitband",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="limitband",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="labs.limitband",
            ),
        ),
        migrations.AlterField(
            model_name="analyte",
            name="loinc",
            field=models.CharField(
                blank=True,
                max_length=10,
                null=True,
                unique=True,
                validators=[labs.loinc.loinc_code],
                verbose_name="LOINC code",
            ),
        ),
        migrations.AlterField(
            model_name="analyte",
            name="source",
            field=models.CharField(max_length=200, validators=[accounts.fields.no_control_characters]),
        ),
        migrations.AlterField(
            model_name="analyte",
            name="unit",
            field=models.CharField(
                blank=True,
                help_text="Empty for what has none, like INR.",
                max_length=40,
                validators=[accounts.fields.no_control_characters],
                verbose_name="UCUM unit",
            ),
        ),
        migrations.AlterField(
            model_name="analyteunit",
            name="source",
            field=models.CharField(max_length=200, validators=[accounts.fields.no_control_characters]),
        ),
        migrations.AlterField(
            model_name="codedvalue",
            name="source",
            field=models.CharField(max_length=200, validators=[accounts.fields.no_control_characters]),
        ),
        migrations.AlterField(
            model_name="limitband",
            name="effective_from",
            field=models.DateTimeField(default=django.utils.timezone.now, validators=[accounts.fields.sane_date]),
        ),
        migrations.AlterField(
            model_name="limitband",
            name="source",
            field=models.CharField(max_length=200, validators=[accounts.fields.no_control_characters]),
        ),
        migrations.AlterField(
            model_name="panel",
            name="loinc",
            field=models.CharField(
                blank=True, max_length=10, validators=[labs.loinc.loinc_code], verbose_name="LOINC code"
            ),
        ),
        migrations.AlterField(
            model_name="panel",
            name="source",
            field=models.CharField(max_length=200, validators=[accounts.fields.no_control_characters]),
        ),
        migrations.AlterConstraint(
            model_name="analyte",
            name="analyte_coded_has_no_unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "numeric"), ("unit", ""), _connector="OR"),
                name="analyte_coded_has_no_unit",
                violation_error_message="A coded answer has no unit.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_sex_in_set",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex__in", ["any", "female", "male"])),
                name="limit_band_sex_in_set",
                violation_error_message="Choose any, female or male.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_age_ends_after_it_begins",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_until_days", None), ("age_until_days__gt", models.F("age_from_days")), _connector="OR"
                ),
                name="limit_band_age_ends_after_it_begins",
                violation_error_message="The age ends before it begins.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_ends_after_it_begins",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_until", None), ("effective_until__gte", models.F("effective_from")), _connector="OR"
                ),
                name="limit_band_ends_after_it_begins",
                violation_error_message="The limits end before they begin.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_low_or_none_by_design",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_low", False), ("low", None), _connector="OR"),
                name="limit_band_low_or_none_by_design",
                violation_error_message="There is a low bound, and nothing is too low: only one of them can be.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_high_or_none_by_design",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_high", False), ("high", None), _connector="OR"),
                name="limit_band_high_or_none_by_design",
                violation_error_message="There is a high bound, and nothing is too high: only one of them can be.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_says_something",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__isnull", False),
                    ("high__isnull", False),
                    ("critical_low__isnull", False),
                    ("critical_high__isnull", False),
                    _connector="OR",
                ),
                name="limit_band_says_something",
                violation_error_message="Give at least one bound.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_low_operators_in_set",
            constraint=models.CheckConstraint(
                condition=models.Q(("critical_low_operator__in", ["<", "<="]), ("low_operator__in", ["<", "<="])),
                name="limit_band_low_operators_in_set",
                violation_error_message="A value is low below its bound.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_high_operators_in_set",
            constraint=models.CheckConstraint(
                condition=models.Q(("critical_high_operator__in", [">", ">="]), ("high_operator__in", [">", ">="])),
                name="limit_band_high_operators_in_set",
                violation_error_message="A value is high above its bound.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_low_is_not_above_high",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__isnull", True), ("high__isnull", True), ("low__lte", models.F("high")), _connector="OR"
                ),
                name="limit_band_low_is_not_above_high",
                violation_error_message="The low bound lies above the high one.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_critical_low_is_lowest",
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
                violation_error_message="The critical low bound lies above one that is not critical.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_critical_high_is_highest",
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
                violation_error_message="The critical high bound lies below one that is not critical.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_critical_ends_in_order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("critical_low__isnull", True),
                    ("critical_high__isnull", True),
                    ("critical_low__lte", models.F("critical_high")),
                    _connector="OR",
                ),
                name="limit_band_critical_ends_in_order",
                violation_error_message="The critical low bound lies above the critical high one.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="limitband",
            name="limit_band_approved_by_somebody",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="limit_band_approved_by_somebody",
                violation_error_message="An approval has a person and a time.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="analyteunit",
            name="analyte_unit_factor_positive",
            constraint=models.CheckConstraint(
                condition=models.Q(("divided_by__gt", 0), ("times__gt", 0)),
                name="analyte_unit_factor_positive",
                violation_error_message="A factor is larger than 0.",
            ),
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
