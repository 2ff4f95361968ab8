"""Why an invoice was written off, on its own row, so that a copy of the ledger keeps it."""

from django.db import migrations, models

REASON = {
    "name": "write_off_reason",
    "field": models.CharField(
        blank=True, default="", max_length=200, verbose_name="why it was written off"
    ),
    "preserve_default": False,
}


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0018_fingerprints_of_scores"),
    ]

    operations = [
        migrations.AddField(model_name="historicalinvoice", **REASON),
        migrations.AddField(model_name="invoice", **REASON),
    ]
