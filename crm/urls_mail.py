"""Addresses of the outbox, the Monday mail, the history of mails, and the calendar feed."""

from django.urls import path

from crm.views import calendar, mail, mail_history, mail_stop

urlpatterns = [
    path("mail/", mail.outbox_list, name="outbox-list"),
    path("mail/<int:pk>/", mail.outbox_mail, name="outbox-mail"),
    path("mail/<int:pk>/html/", mail.outbox_mail_html, name="outbox-mail-html"),
    path("mail/this-week/", mail.digest_preview, name="digest-preview"),
    path("mail/this-week/html/", mail.digest_preview_html, name="digest-preview-html"),
    path("mail/history/", mail_history.digest_history, name="digest-history"),
    path("mail/history/<int:pk>/", mail_history.digest_sent, name="digest-sent"),
    path("mail/history/<int:pk>/html/", mail_history.digest_sent_html, name="digest-sent-html"),
    path("mail/history/<int:pk>/again/", mail_history.digest_again, name="digest-again"),
    path("mail/history/<int:pk>/arrived/", mail_history.digest_arrived, name="digest-arrived"),
    path("mail/history/<int:pk>/dismiss/", mail_history.digest_dismiss, name="digest-dismiss"),
    path("mail/history/<int:pk>/take-up/", mail_history.digest_take_up, name="digest-take-up"),
    path("mail/look/", mail_history.digest_look, name="digest-look"),
    path("mail/stop/<slug:token>/", mail_stop.mail_stop, name="mail-stop"),
    path("me/mail-links/", mail_stop.renew_stop_links, name="mail-links-renew"),
    path("me/calendar/", calendar.calendar_link, name="calendar-link"),
    path("calendar/<slug:secret>.ics", calendar.calendar_feed, name="calendar-feed"),
]
