"""Addresses of the people at accounts, and of merges."""

from django.urls import path

from crm.views import contacts, merges

urlpatterns = [
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/<int:pk>/", contacts.contact_detail, name="contact-detail"),
    path("contacts/<int:pk>/merge/", merges.contact_merge, name="contact-merge"),
    path("clients/<int:pk>/merge/", merges.account_merge, name="account-merge"),
    path("merges/<int:pk>/undo/", merges.merge_undo, name="merge-undo"),
]
