"""Who counted as present at a talk before that was corrected."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0022_fewer_indexes_to_write"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttendeeTrail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "since_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="counts since"),
                ),
                (
                    "until_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="counted until"),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.interaction",
                        verbose_name="interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "corrected presence",
                "verbose_name_plural": "corrected presences",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_at", None)),
                        fields=("interaction", "contact"),
                        name="a_person_counts_once_at_a_talk",
                    )
                ],
            },
        ),
    ]
