"""All tables of scoring at once, for a new ledger; one that runs takes the steps before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0001_usual_figures_and_job_locks"),
        ("scoring", "0002_trained_versions"),
        ("scoring", "0003_model_cards"),
        ("scoring", "0004_points_versions"),
        ("scoring", "0005_challengers"),
        ("scoring", "0006_field_decisions"),
        ("scoring", "0007_when_a_job_began"),
        ("scoring", "0008_learned_payments"),
    ]
    initial = True

    dependencies = [
        ("crm", "0001_squashed_0017"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobLock",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("owner", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="began at")),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("READING", "reading the ledger"),
                            ("LEARNING", "learning from the outcomes"),
                            ("JUDGING", "judging it on later leads"),
                            ("COMPARING", "comparing it with its challengers"),
                            ("FIGURES", "computing the figures of this page"),
                        ],
                        max_length=12,
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "running job",
                "verbose_name_plural": "running jobs",
            },
        ),
        migrations.CreateModel(
            name="ModelCard",
            fields=[
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("NO_ORDER", "no order"),
                            ("FREE_CONSULTING", "free consulting"),
                            ("LATE_PAYMENT", "late payment"),
                        ],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                        verbose_name="target",
                    ),
                ),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("facts", models.JSONField(default=dict, verbose_name="figures")),
            ],
            options={
                "verbose_name": "model card",
                "verbose_name_plural": "model cards",
            },
        ),
        migrations.CreateModel(
            name="TrainedModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("NO_ORDER", "no order"),
                            ("FREE_CONSULTING", "free consulting"),
                            ("LATE_PAYMENT", "late payment"),
                        ],
                        max_length=16,
                        verbose_name="target",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("points_version", models.CharField(max_length=40, verbose_name="points")),
                ("trained_at", models.DateTimeField(verbose_name="trained at")),
                ("deals", models.PositiveIntegerField(verbose_name="outcomes known")),
                ("positives", models.PositiveIntegerField(verbose_name="with the target")),
                ("negatives", models.PositiveIntegerField(verbose_name="without it")),
                ("share", models.FloatField(verbose_name="weight of own outcomes")),
                (
                    "learner",
                    models.CharField(
                        choices=[
                            ("BLEND", "own data beside experience"),
                            ("LINE", "own data alone"),
                            ("BOOSTED", "own data in steps, beside experience"),
                            ("HAZARD", "days to pay, learned from own invoices"),
                        ],
                        default="BLEND",
                        max_length=8,
                        verbose_name="learned as",
                    ),
                ),
                ("original_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "trained version",
                "verbose_name_plural": "trained versions",
                "ordering": ["-trained_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PointsVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[("NO_ORDER", "no order"), ("LATE_PAYMENT", "paid late or never")],
                        max_length=12,
                        verbose_name="target",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("data", models.JSONField(verbose_name="points")),
                ("effective_at", models.DateTimeField(verbose_name="effective from")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "returns_to",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="returns to version"
                    ),
                ),
                (
                    "preview",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="what it did to open leads"
                    ),
                ),
                (
                    "applied_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="applied at"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "version of the points",
                "verbose_name_plural": "versions of the points",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "number"), name="one_version_of_the_points_for_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            ("returns_to__isnull", False),
                            _connector="OR",
                        ),
                        name="points_version_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effective_at__gte", models.F("recorded_at"))),
                        name="points_never_hold_before_they_were_made",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointsDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[("NO_ORDER", "no order"), ("LATE_PAYMENT", "paid late or never")],
                        max_length=12,
                        verbose_name="target",
                    ),
                ),
                ("base", models.PositiveIntegerField(verbose_name="edited version")),
                ("data", models.JSONField(verbose_name="points")),
                (
                    "effective_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="effective from"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "computed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="computed at"),
                ),
                (
                    "preview",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="what it would do to open leads"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="scoring.pointsversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of the points",
                "verbose_name_plural": "drafts of the points",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("NO_ORDER", "no order"),
                            ("FREE_CONSULTING", "free consulting"),
                            ("LATE_PAYMENT", "late payment"),
                        ],
                        max_length=16,
                        verbose_name="target",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("TOO_FEW", "too few outcomes"),
                            ("PROMOTED", "put to use"),
                            ("REFUSED", "refused"),
                            ("RETURNED", "returned to"),
                            ("SHADOW", "runs in shadow"),
                        ],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                ("numbers", models.JSONField(default=dict, verbose_name="numbers")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="scoring.trainedmodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "promotion",
                "verbose_name_plural": "promotions",
                "ordering": ["-decided_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="UsualFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_at", models.DateTimeField(verbose_name="from")),
                ("account_kind", models.CharField(max_length=20, verbose_name="kind of account")),
                ("closed", models.PositiveIntegerField(default=0, verbose_name="leads closed")),
                ("orders", models.PositiveIntegerField(default=0, verbose_name="orders")),
                ("order_amount", models.FloatField(null=True, verbose_name="median order")),
                (
                    "gap_days",
                    models.FloatField(null=True, verbose_name="days between client contacts"),
                ),
                (
                    "events",
                    models.PositiveIntegerField(default=0, verbose_name="compelling events logged"),
                ),
                (
                    "invoices",
                    models.PositiveIntegerField(default=0, verbose_name="invoices judged"),
                ),
                (
                    "late_invoices",
                    models.PositiveIntegerField(default=0, verbose_name="paid late or never"),
                ),
                (
                    "paid_invoices",
                    models.PositiveIntegerField(default=0, verbose_name="invoices paid"),
                ),
                ("days_late", models.FloatField(null=True, verbose_name="median days late")),
            ],
            options={
                "verbose_name": "usual figure",
                "verbose_name_plural": "usual figures",
                "ordering": ["-from_at", "account_kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("from_at", "account_kind"),
                        name="one_usual_figure_for_a_kind_and_moment",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(db_index=True, max_length=40, verbose_name="own field")),
                ("is_allowed", models.BooleanField(verbose_name="learned from")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on an own field",
                "verbose_name_plural": "decisions on own fields",
                "ordering": ["-decided_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_allowed", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="field_is_allowed_for_a_reason",
                    )
                ],
            },
        ),
    ]
