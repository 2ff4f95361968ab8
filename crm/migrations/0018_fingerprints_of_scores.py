from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a score says in short; one stored before has none and is stored once more."""

    dependencies = [("crm", "0001_squashed_0017")]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="fingerprint",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
        ),
    ]
