"""Keep the JSON of scores as text, compressed by lz4 where the server can: storing it is half as
dear.
"""

from django.db import migrations

import crm.models.kept_json

COLUMNS = ("reasons", "what_if")
# Off where the server was built without it; reading never depends on it.
COMPRESSIONS = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"


def compress_fast(apps, schema_editor):
    """Let PostgreSQL compress what it stores from now on by lz4."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COMPRESSIONS)
        found = cursor.fetchone()
        if found and "lz4" in found[0]:
            for column in COLUMNS:
                cursor.execute(f"ALTER TABLE crm_assessment ALTER {column} SET COMPRESSION lz4")


class Migration(migrations.Migration):
    dependencies = [("crm", "0020_mails_that_are_dismissed")]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="reasons",
            field=crm.models.kept_json.KeptJson(default=list, verbose_name="reasons"),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="what_if",
            field=crm.models.kept_json.KeptJson(blank=True, default=list, verbose_name="what if"),
        ),
        migrations.RunPython(compress_fast, migrations.RunPython.noop),
    ]
