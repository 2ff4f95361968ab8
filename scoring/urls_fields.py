"""Addresses of a person's word on own fields."""

from django.urls import path

from scoring import field_views

urlpatterns = [
    path("fields/<slug:key>/allow/", field_views.allow, name="score-field-allow"),
    path("fields/<slug:key>/leave-out/", field_views.leave_out, name="score-field-leave-out"),
]
