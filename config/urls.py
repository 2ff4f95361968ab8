"""Addresses of every page."""

from django.contrib import admin
from django.urls import include, path

from crm.views.health import health

urlpatterns = [
    path("", include("crm.urls")),
    path("scores/", include("scoring.urls")),
    path("healthz", health, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
