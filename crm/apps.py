"""The sales ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    """Who, what happened, what was agreed, what was paid."""

    name = "crm"
    verbose_name = _("Sales ledger")
