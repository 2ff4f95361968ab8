"""Settings and the commands that run the whole."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds `manage.py up`; has no tables."""

    name = "config"
