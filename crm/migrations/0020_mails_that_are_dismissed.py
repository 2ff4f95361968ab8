"""Who said of a mail that nothing more is to be done about it, when and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0019_why_invoices_are_written_off"),
    ]

    operations = [
        migrations.AddField(
            model_name="digest",
            name="dismissed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dismissed at"),
        ),
        migrations.AddField(
            model_name="digest",
            name="dismissed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="dismissed_why",
            field=models.CharField(
                blank=True, default="", max_length=200, verbose_name="why it was dismissed"
            ),
            preserve_default=False,
        ),
    ]
