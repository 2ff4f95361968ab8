"""What the database knows of the size of its tables, by which it picks an index."""

from django.db import connection

ROWS_LOOKED_AT = 1000  # of each index: enough to tell a wide one from a narrow one


def refresh() -> None:
    """Let SQLite look at its tables again, as PostgreSQL does by itself.

    Without it, SQLite takes the first index that fits: the board of 10,000 leads read every open
    lead for each of its columns.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
