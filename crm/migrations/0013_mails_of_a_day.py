"""Reminders in the ledger of mails; when a person wants none; secrets of mail and calendar."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0012_invoice_orders")]

    operations = [
        migrations.RemoveConstraint("digest", "one_digest_a_person_and_week"),
        migrations.RenameField("digest", "iso_week", "period"),
        migrations.AlterField(
            "digest", "period", models.CharField(max_length=10, verbose_name="period")
        ),
        migrations.AlterField(
            "digest",
            "kind",
            models.CharField(
                choices=[("WEEKLY", "Monday mail"), ("DAILY", "Reminders of a day")],
                default="WEEKLY",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            "digest",
            "sent_again_at",
            models.DateTimeField(blank=True, null=True, verbose_name="sent again at"),
        ),
        migrations.AddField(
            "digest",
            "sent_again_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            "digest", models.Index(fields=["recipient", "-due_at"], name="digest_history")
        ),
        migrations.AddConstraint(
            "digest",
            models.UniqueConstraint(
                fields=("recipient", "kind", "period"), name="one_mail_a_person_kind_and_period"
            ),
        ),
        migrations.AddField(
            "user",
            "mails_muted_until",
            models.DateField(blank=True, null=True, verbose_name="no mails until"),
        ),
        migrations.AddField(
            "user",
            "wants_reminders",
            models.BooleanField(default=True, verbose_name="reminders by mail"),
        ),
        migrations.AddField(
            "user", "mail_secret", models.CharField(blank=True, editable=False, max_length=43)
        ),
        migrations.AddField(
            "user", "calendar_secret", models.CharField(blank=True, editable=False, max_length=43)
        ),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                condition=models.Q(("calendar_secret", ""), _negated=True),
                fields=("calendar_secret",),
                name="a_calendar_secret_opens_one_calendar",
            ),
        ),
    ]
