"""Addresses of decisions, offers, caps and logo deals."""

from django.urls import path

from crm.views import decisions, effort

urlpatterns = [
    path("leads/<int:pk>/decide/", decisions.decide, name="lead-decide"),
    path("leads/<int:pk>/due/", decisions.due_row, name="lead-due-row"),
    path("leads/<int:pk>/cap/", effort.cap, name="lead-cap"),
    path("leads/<int:pk>/logo/", effort.logo_deal, name="lead-logo"),
    path("decisions/<int:pk>/back/", decisions.take_back, name="decision-take-back"),
    path("offers/<int:pk>/answer/", decisions.offer_answer, name="offer-answer"),
    path("settings/effort/", effort.limits, name="effort-limits"),
    path("reports/decisions/", effort.decision_report, name="report-decisions"),
]
