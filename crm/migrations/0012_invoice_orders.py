"""Lets open invoices be sorted by issue and by amount from an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0011_payment_cause_and_declaration"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["settled_date", "issued_date"], name="invoice_open_issued"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["settled_date", "amount"], name="invoice_open_amount"),
        ),
    ]
