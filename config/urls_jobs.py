"""Addresses of the page of background work."""

from django.urls import path

from config import job_views

urlpatterns = [
    path("", job_views.job_list, name="firm-jobs"),
    path("run/", job_views.run_job, name="firm-job-run"),
]
