"""Addresses of the ledger's pages."""

from django.urls import include, path

from crm.views import accounts, labels, leads, log, profile, today

urlpatterns = [
    path("", today.today, name="today"),
    path("leads/new/", leads.lead_new, name="lead-new"),
    path("leads/label/", labels.label_leads, name="lead-label"),
    path("leads/label/undo/", labels.undo_label, name="lead-label-undo"),
    path("leads/stale/later/", labels.put_off, name="stale-leads-later"),
    path("leads/<int:pk>/", leads.lead_detail, name="lead-detail"),
    path("leads/<int:pk>/edit/", leads.lead_edit, name="lead-edit"),
    path("leads/<int:pk>/move/", leads.lead_move, name="lead-move"),
    path("leads/<int:pk>/close/", leads.lead_close, name="lead-close"),
    path("leads/<int:pk>/reopen/", leads.lead_reopen, name="lead-reopen"),
    path("log/", log.log, name="log"),
    path("log/<int:pk>/", log.logged, name="logged"),
    path("log/<int:pk>/fact/", log.log_fact, name="log-fact"),
    path("log/<int:pk>/undo/", log.log_undo, name="log-undo"),
    path("leads/<int:pk>/called/", log.log_in_vain, name="log-in-vain"),
    path("clients/", accounts.account_list, name="account-list"),
    path("clients/<int:pk>/", accounts.account_detail, name="account-detail"),
    path("clients/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("clients/<int:pk>/contacts/new/", accounts.contact_new, name="contact-new"),
    path("contacts/<int:pk>/edit/", accounts.contact_edit, name="contact-edit"),
    path("me/", profile.profile, name="profile"),
    path("language/", profile.set_language, name="set-language"),
    path("", include("crm.urls_decisions")),
    path("", include("crm.urls_board")),
    path("", include("crm.urls_list")),
    path("", include("crm.urls_contacts")),
    path("", include("crm.urls_lead")),
    path("", include("crm.urls_bids")),
    path("", include("crm.urls_mail")),
    path("", include("crm.urls_money")),
    path("", include("crm.urls_plans")),
    path("", include("crm.urls_reports")),
    path("", include("crm.urls_settings")),
    path("", include("crm.urls_search")),
    path("", include("crm.urls_terms")),
]
