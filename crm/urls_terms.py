"""Addresses of payment terms: versions, corrections, the contract, its milestones, a clause."""

from django.urls import path

from crm.views import acceptances, terms, terms_clause

urlpatterns = [
    path("leads/<int:pk>/terms/new/", terms.terms_new, name="lead-terms-new"),
    path("leads/<int:pk>/terms/clause/", terms_clause.clause, name="lead-terms-clause"),
    path("terms/<int:pk>/edit/", terms.terms_edit, name="lead-terms-edit"),
    path("terms/<int:pk>/agree/", terms.agree, name="lead-terms-agree"),
    path("terms/<int:pk>/declared/", terms.declared, name="lead-terms-declared"),
    path("milestones/<int:pk>/reached/", acceptances.milestone_reached, name="milestone-reached"),
]
