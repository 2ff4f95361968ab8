"""Addresses of the page of a lead's terms, which shows their points beside them."""

from django.urls import path

from scoring import terms_views

urlpatterns = [
    path("leads/<int:pk>/terms/", terms_views.terms, name="lead-terms"),
    path("leads/<int:pk>/terms/cash/", terms_views.cash, name="lead-terms-cash"),
    path("leads/<int:pk>/terms/preview/", terms_views.preview, name="lead-terms-preview"),
]
