"""The sales ledger."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    """Who, what happened, what was agreed, what was paid."""

    name = "crm"
    verbose_name = _("Sales ledger")

    def ready(self) -> None:
        """Register who may do what."""
        import_module("crm.permissions")
