"""Addresses of the reports."""

from django.urls import path

from crm.views import reports, week_hours

urlpatterns = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/hours/", week_hours.week_hours, name="week-hours"),
    path("reports/pipeline/", reports.report_pipeline, name="report-pipeline"),
    path("reports/pipeline/<str:form>/", reports.report_download, name="report-download"),
]
