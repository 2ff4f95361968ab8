"""The back office: founders only, behind the same sign-in as the pages."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LedgerAdminConfig(AdminConfig):
    """Puts our site in the place of Django's own."""

    default_site = "crm.admin_site.LedgerAdminSite"


class LedgerAdminSite(AdminSite):
    """The back office of one firm."""

    site_title = site_header = _("Touchstone back office")
    index_title = _("All records")

    def has_permission(self, request: HttpRequest) -> bool:
        """Let founders in, and nobody else."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return bool(user.is_superuser or user.has_perm("crm.lead_the_firm"))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send strangers to the pages' sign-in, which limits how often one may try."""
        if request.user.is_authenticated:
            raise PermissionDenied
        there = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': there})}")
