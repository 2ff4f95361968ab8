"""Addresses of what people add to a lead or correct on it."""

from django.urls import path

from crm.views import corrections, lead_notes

urlpatterns = [
    path("leads/<int:pk>/reasons/<slug:code>/", lead_notes.lead_contest, name="lead-contest"),
    path("leads/<int:pk>/evidence/", lead_notes.lead_evidence, name="lead-evidence"),
    path("leads/<int:pk>/answer/", lead_notes.lead_answer, name="lead-answer"),
    path("leads/<int:pk>/copied/", lead_notes.lead_copied, name="lead-copied"),
    path("rows/<str:letter>/<int:pk>/", corrections.row_edit, name="row-edit"),
    path("rows/<str:letter>/<int:pk>/away/", corrections.row_take_back, name="row-take-back"),
]
