"""Since when a running job runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0006_field_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="joblock",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="began at"),
        ),
    ]
