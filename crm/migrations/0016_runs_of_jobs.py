"""How runs of background jobs went, the last few of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0015_calendar_names_and_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="job")),
                ("owner", models.CharField(blank=True, max_length=64)),
                ("started_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("lease_until", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("RUNNING", "running"),
                            ("DONE", "done"),
                            ("FAILED", "failed"),
                            ("BROKE_OFF", "broke off"),
                        ],
                        default="RUNNING",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "done",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="how many"),
                ),
                ("error", models.CharField(blank=True, max_length=80, verbose_name="error")),
                (
                    "place",
                    models.CharField(blank=True, max_length=160, verbose_name="place in the code"),
                ),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="facts")),
            ],
            options={
                "verbose_name": "run of a job",
                "verbose_name_plural": "runs of jobs",
                "ordering": ["-started_at", "-pk"],
                "indexes": [
                    models.Index(fields=["name", "outcome", "-started_at"], name="job_runs")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["", "RUNNING", "DONE", "FAILED", "BROKE_OFF"])
                        ),
                        name="job_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["RUNNING", "BROKE_OFF"]),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="job_that_ended_says_when",
                    ),
                ],
            },
        ),
    ]
