"""Drop indexes that another one serves, and keep those of rare dates to the leads that have one.

Every score that changes writes to all indexes of its lead.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("crm", "0021_scores_kept_as_text")]

    operations = [
        migrations.RemoveIndex(model_name="lead", name="lead_due"),
        migrations.RemoveIndex(model_name="lead", name="lead_rests"),
        migrations.AlterField(
            model_name="assessment",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assessments",
                to="crm.lead",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="outcome_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="judged by",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=Q(assessment_due_at__isnull=False),
                fields=["assessment_due_at"],
                name="lead_due",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=Q(rests_until_date__isnull=False),
                fields=["closed_at", "rests_until_date"],
                name="lead_rests",
            ),
        ),
    ]
