"""Versions that learned when invoices are paid, and a decision to let them run in shadow."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0007_when_a_job_began"),
    ]

    operations = [
        migrations.AlterField(
            model_name="modelcard",
            name="target",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="promotion",
            name="decision",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="promotion",
            name="target",
            field=models.CharField(
                choices=[
                    ("NO_ORDER", "no order"),
                    ("FREE_CONSULTING", "free consulting"),
                    ("LATE_PAYMENT", "late payment"),
                ],
                max_length=16,
                verbose_name="target",
            ),
        ),
        migrations.AlterField(
            model_name="trainedmodel",
            name="learner",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="trainedmodel",
            name="target",
            field=models.CharField(
                choices=[
                    ("NO_ORDER", "no order"),
                    ("FREE_CONSULTING", "free consulting"),
                    ("LATE_PAYMENT", "late payment"),
                ],
                max_length=16,
                verbose_name="target",
            ),
        ),
    ]
