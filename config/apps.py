"""Settings and the commands that run the whole."""

from django.apps import AppConfig

from config import checks


class ConfigConfig(AppConfig):
    """Holds `manage.py up` and the checks of a deployment; has no tables."""

    name = "config"

    def ready(self) -> None:
        """Add the questions of `check --deploy`."""
        checks.register_all()
