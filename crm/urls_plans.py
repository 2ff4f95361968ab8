"""Addresses of meetings ahead."""

from django.urls import path

from crm.views import plans

urlpatterns = [
    path("plans/new/", plans.plan_new, name="plan-new"),
    path("plans/of/<int:pk>/", plans.lead_plans, name="lead-plans"),
    path("plans/<int:pk>/", plans.plan_edit, name="plan-edit"),
    path("plans/<int:pk>/cancel/", plans.plan_cancel, name="plan-cancel"),
    path("plans/<int:pk>/travel/", plans.travel_check, name="travel-check"),
]
