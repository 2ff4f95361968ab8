"""What the ledger says about risk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Features, points, chances and their reasons."""

    name = "scoring"
    verbose_name = _("Scores")
