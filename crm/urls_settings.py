"""Addresses of the firm's settings."""

from django.urls import path

from crm.views import settings

urlpatterns = [
    path("settings/", settings.firm_settings, name="firm-settings"),
    path("settings/figures/", settings.firm_figure, name="firm-figure"),
]
