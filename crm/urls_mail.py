"""Addresses of the outbox and the Monday mail."""

from django.urls import path

from crm.views import mail

urlpatterns = [
    path("mail/", mail.outbox_list, name="outbox-list"),
    path("mail/<int:pk>/", mail.outbox_mail, name="outbox-mail"),
    path("mail/<int:pk>/html/", mail.outbox_mail_html, name="outbox-mail-html"),
    path("mail/this-week/", mail.digest_preview, name="digest-preview"),
    path("mail/this-week/html/", mail.digest_preview_html, name="digest-preview-html"),
]
