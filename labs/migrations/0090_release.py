import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.fields
from labs.hold_rules import KEPT, NOT_KEPT


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_doctors_may_overbook"),
        ("labs", "0082_csv_import_state_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=20)),
                ("after_comment", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release_choices",
                        to="accounts.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "category"), name="one_release_choice_per_category"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                (
                                    "chemistry",
                                    "haematology",
                                    "coagulation",
                                    "endocrine",
                                    "cardiac",
                                    "blood_gas",
                                    "therapeutic_drug",
                                    "microbiology",
                                    "other",
                                ),
                            )
                        ),
                        name="release_choice_category_in_set",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultHold",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("placed_at", models.DateTimeField()),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("life_or_safety", "Danger to somebody's life or physical safety"),
                            ("harm_to_another", "Substantial harm to another person whom it names"),
                            ("doubtful_data", "It may be somebody else's, or wrong"),
                            ("privacy", "The law asks for something first"),
                            ("security", "The account may be in other hands"),
                            ("inseparable", "It cannot be separated from what may not be shown"),
                        ],
                        max_length=20,
                        verbose_name="legal basis",
                    ),
                ),
                ("reason", models.CharField(max_length=500, validators=[accounts.fields.no_control_characters])),
                ("ends_at", models.DateTimeField(help_text="The patient sees the result from then on.")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end",
                    models.CharField(
                        blank=True, choices=[("lifted", "Lifted"), ("lapsed", "Ended by the clock")], max_length=10
                    ),
                ),
                (
                    "lift_reason",
                    models.CharField(blank=True, max_length=500, validators=[accounts.fields.no_control_characters]),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        help_text="Its first: all are held.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="labs.labresult",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.patient"
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        help_text="The version that the doctor saw.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="labs.labresult",
                    ),
                ),
            ],
            options={
                "ordering": ["-placed_at", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["ends_at"], name="result_hold_by_end"),
                    models.Index(fields=["patient", "-placed_at"], name="result_hold_of_patient"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("original",), name="one_open_hold_per_result"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "basis__in",
                                [
                                    "life_or_safety",
                                    "harm_to_another",
                                    "doubtful_data",
                                    "privacy",
                                    "security",
                                    "inseparable",
                                ],
                            )
                        ),
                        name="result_hold_basis_in_set",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="result_hold_for_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("placed_at"))),
                        name="result_hold_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at", None), ("ended_by", None), ("lift_reason", "")),
                            models.Q(
                                ("end", "lapsed"), ("ended_at__isnull", False), ("ended_by", None), ("lift_reason", "")
                            ),
                            models.Q(
                                ("end", "lifted"),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("lift_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="result_hold_lifted_for_a_reason_or_lapsed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultWait",
            fields=[
                (
                    "original",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="release_wait",
                        serialize=False,
                        to="labs.labresult",
                    ),
                ),
                (
                    "categories",
                    models.JSONField(help_text="Those of its values for which the patient had chosen to wait."),
                ),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reviewed", "The doctor has looked at it"),
                            ("asked", "The patient asked to see it"),
                            ("choice", "The patient chose to see its category at once"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end", ""), ("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("end__in", ["reviewed", "asked", "choice"]),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="result_wait_ended_by_somebody",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
