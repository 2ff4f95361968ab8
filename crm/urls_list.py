"""Addresses of the lead list: the list itself, files of it, views, and changes of many leads."""

from django.urls import path

from crm.views import bulk, lead_list, saved_views

urlpatterns = [
    path("leads/", lead_list.lead_list, name="lead-list"),
    path("leads/filter/", lead_list.lead_filter, name="lead-filter"),
    path("leads/export/<str:which>/<str:form>/", lead_list.lead_export_file, name="lead-export"),
    path("leads/bulk/", bulk.lead_bulk, name="lead-bulk"),
    path("leads/bulk/<int:pk>/undo/", bulk.lead_bulk_undo, name="lead-bulk-undo"),
    path("leads/views/", saved_views.lead_views, name="lead-views"),
    path("leads/views/save/", saved_views.lead_view_save, name="lead-view-save"),
    path("leads/views/<int:pk>/edit/", saved_views.lead_view_edit, name="lead-view-edit"),
    path("leads/views/<int:pk>/delete/", saved_views.lead_view_delete, name="lead-view-delete"),
    path("leads/views/<int:pk>/restore/", saved_views.lead_view_restore, name="lead-view-restore"),
]
