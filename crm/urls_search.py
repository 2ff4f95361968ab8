"""Addresses of the search."""

from django.urls import path

from crm.views import search

urlpatterns = [
    path("search/", search.search, name="search"),
]
