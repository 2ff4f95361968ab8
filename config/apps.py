"""Settings and the commands that run the whole."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.sqlite3.base import DatabaseWrapper

from config import checks


class ConfigConfig(AppConfig):
    """Holds `manage.py up` and the checks of a deployment; has no tables."""

    name = "config"

    def ready(self) -> None:
        """Add the questions of `check --deploy`, and answer one that Django would ask."""
        checks.register_all()
        know_that_sqlite_has_json()


def know_that_sqlite_has_json() -> None:
    """Keep Django from finding out by a transaction, which waits for whoever writes.

    Each thread would ask at its first page of a lead. Asked while another process held the lock,
    it took "no" for an answer and failed at every such page until it was restarted.
    """
    features: Any = DatabaseWrapper.features_class  # a cached property, as the stubs see it
    features.supports_json_field = True
