"""Addresses of every page."""

from django.contrib import admin
from django.urls import include, path

from crm.views.errors import closed
from crm.views.health import health, ready

handler500 = "crm.views.errors.broken"

urlpatterns = [
    path("", include("crm.urls")),
    path("scores/", include("scoring.urls")),
    path("", include("scoring.urls_terms")),
    path("settings/jobs/", include("config.urls_jobs")),
    path("healthz", health, name="healthz"),
    path("readyz", ready, name="readyz"),
    # A founder gives people their addresses; the package's own page would let anyone add others.
    path("accounts/email/", closed, name="no-addresses-of-ones-own"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
