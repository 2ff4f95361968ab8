"""Marks of what was billed or paid, for which new forecasts wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0016_runs_of_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForecastMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
            ],
            options={
                "verbose_name": "forecasts that wait",
                "verbose_name_plural": "forecasts that wait",
                "ordering": ["pk"],
            },
        ),
    ]
