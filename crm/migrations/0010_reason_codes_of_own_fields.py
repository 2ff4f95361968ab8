from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_payment_law_and_cash")]

    operations = [
        migrations.AlterField(
            model_name="contest",
            name="reason_code",
            field=models.CharField(max_length=48, verbose_name="reason"),
        )
    ]
