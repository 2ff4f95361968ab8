"""Who may open which address, and who sees which row: the written rule, as tables."""

from dataclasses import dataclass, field
from typing import Any

from crm.models import User
from crm.services import stop_links

Role = User.Role
MISSING = 987_654_321
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
CHANGING = ("post", "put", "patch", "delete")
READ, WRITE, FORM = ("get", "head"), ("post",), ("get", "head", "post")
# What a visit itself leaves behind.
TRACES = {"last_login", "last_visit_at", "previous_visit_at"}
EVERYONE = {"founder", "manager", "seller", "other_manager", "other_seller", "accountant", "viewer"}
SELLS = {"founder", "manager", "seller", "other_manager", "other_seller"}
EDITS_TERMS = EVERYONE - {"viewer"}
LEADS_A_TEAM = {"founder", "manager", "other_manager"}
READS_MONEY = EVERYONE - {"viewer"}
KEEPS_MONEY = {*LEADS_A_TEAM, "accountant"}


@dataclass(frozen=True)
class Page:
    """Who may open an address at all, who sees the row of it, and by which methods."""

    may: set[str]
    row: str = ""
    methods: tuple[str, ...] = READ
    more: dict[str, Any] = field(default_factory=dict)


# The first seller, whose two secrets open to whoever knows them what they are for. A key no
# sequence comes to: one goes on counting over all the tests of a process.
SELLER = {"pk": 2_000_000_000, "mail_secret": "m" * 43, "calendar_secret": "c" * 43}
STOPS = stop_links.token(User(**SELLER), "WEEKLY")
# A mail program posts to the link in a mail without a page of ours before it (RFC 8058).
NEEDS_NO_TOKEN = {"mail-stop"}
PAGES = {
    "today": Page(EVERYONE),
    "lead-list": Page(EVERYONE),
    "lead-filter": Page(EVERYONE),
    "lead-export": Page(EVERYONE, more={"which": "all", "form": "csv"}),
    "lead-bulk": Page(SELLS, methods=WRITE),
    "lead-bulk-undo": Page(SELLS, "undoable", WRITE),
    "lead-views": Page(SELLS),
    "lead-view-save": Page(SELLS, methods=WRITE),
    "lead-view-edit": Page(SELLS, "view", WRITE),
    "lead-view-delete": Page(SELLS, "view", WRITE),
    "lead-view-restore": Page(SELLS, "view", WRITE),
    "lead-new": Page(SELLS, methods=FORM),
    "lead-label": Page(SELLS, methods=FORM),
    "lead-label-undo": Page(SELLS, methods=WRITE),
    "stale-leads-later": Page(SELLS, methods=WRITE),
    "lead-detail": Page(EVERYONE, "lead"),
    "lead-edit": Page(SELLS, "lead", FORM),
    "lead-move": Page(SELLS, "lead", WRITE),
    "lead-close": Page(SELLS, "lead", FORM),
    "lead-reopen": Page(SELLS, "lead", WRITE),
    "board": Page(EVERYONE),
    "lead-contest": Page(SELLS, "lead", FORM, more={"code": "F10"}),
    "lead-evidence": Page(SELLS, "lead", WRITE),
    "lead-answer": Page(SELLS, "lead", WRITE),
    "lead-copied": Page(SELLS, "lead", WRITE),
    "row-edit": Page(SELLS, "talk", FORM, more={"letter": "I"}),
    "row-take-back": Page(SELLS, "talk", WRITE, more={"letter": "I"}),
    "board-move": Page(SELLS, "lead", FORM),
    "board-reopen": Page(SELLS, "lead", WRITE),
    "search": Page(EVERYONE),
    "log": Page(SELLS, methods=FORM),
    "logged": Page(SELLS, "talk"),
    "log-fact": Page(SELLS, "talk", WRITE),
    "log-undo": Page(SELLS, "talk", WRITE),
    "bid-list": Page(SELLS),
    "bid-new": Page(SELLS, methods=FORM),
    "bid-detail": Page(SELLS, "bid", FORM),
    "bid-edit": Page(SELLS, "bid", FORM),
    "bid-result": Page(SELLS, "bid", WRITE),
    "firm-settings": Page({"founder"}, methods=FORM),
    "firm-figure": Page({"founder"}, methods=WRITE),
    "firm-jobs": Page({"founder"}),
    "firm-job-run": Page({"founder"}, methods=WRITE),
    "plan-new": Page(SELLS, methods=FORM),
    "lead-plans": Page(SELLS, "lead"),
    "plan-edit": Page(SELLS, "plan", FORM),
    "plan-cancel": Page(SELLS, "plan", WRITE),
    "travel-check": Page(SELLS, "plan", FORM),
    "log-in-vain": Page(SELLS, "lead", WRITE),
    "account-list": Page(EVERYONE),
    "account-detail": Page(EVERYONE, "account"),
    "account-edit": Page(SELLS, "account", FORM),
    "contact-new": Page(SELLS, "account", FORM),
    "contact-edit": Page(SELLS, "contact", FORM),
    "contact-list": Page(EVERYONE),
    "contact-detail": Page(EVERYONE, "contact"),
    "contact-merge": Page(SELLS, "contact", FORM),
    "account-merge": Page(SELLS, "account", FORM),
    "merge-undo": Page(SELLS, "merge", WRITE),
    "profile": Page(EVERYONE, methods=FORM),
    "set-language": Page({*EVERYONE, "stranger"}, methods=WRITE),
    "outbox-list": Page(EVERYONE),
    "outbox-mail": Page(EVERYONE, "mail"),
    "outbox-mail-html": Page(EVERYONE, "mail"),
    "digest-preview": Page(EVERYONE),
    "digest-preview-html": Page(EVERYONE),
    "digest-history": Page(EVERYONE),
    "digest-sent": Page(EVERYONE, "digest"),
    "digest-sent-html": Page(EVERYONE, "digest"),
    "digest-look": Page({"founder"}),
    "digest-again": Page({"founder"}, "digest", WRITE),
    "digest-arrived": Page({"founder"}, "digest", WRITE),
    "digest-dismiss": Page({"founder"}, "digest", WRITE),
    "digest-take-up": Page({"founder"}, "digest", WRITE),
    "mail-stop": Page({*EVERYONE, "stranger"}, methods=FORM, more={"token": STOPS}),
    "mail-links-renew": Page(EVERYONE, methods=WRITE),
    "calendar-link": Page(EVERYONE, methods=WRITE),
    "calendar-feed": Page({*EVERYONE, "stranger"}, more={"secret": "c" * 43}),
    "lead-decide": Page(SELLS, "lead", FORM),
    "lead-due-row": Page(SELLS, "lead"),
    "lead-cap": Page(SELLS, "lead", FORM),
    "lead-logo": Page(SELLS, "lead", FORM),
    "decision-take-back": Page(SELLS, "decision", WRITE),
    "offer-answer": Page(SELLS, "offer", WRITE),
    "effort-limits": Page({"founder"}, methods=FORM),
    "report-decisions": Page(LEADS_A_TEAM),
    "report-list": Page(EVERYONE),
    "week-hours": Page(SELLS),
    "report-pipeline": Page(EVERYONE),
    "report-download": Page(EVERYONE, more={"form": "csv"}),
    "scores": Page(LEADS_A_TEAM),
    "score-backtest": Page(LEADS_A_TEAM),
    "score-backtest-file": Page(LEADS_A_TEAM),
    "score-points": Page(LEADS_A_TEAM),
    "score-free": Page(LEADS_A_TEAM),
    "score-late": Page(LEADS_A_TEAM),
    "score-field-allow": Page({"founder"}, methods=FORM, more={"key": "code"}),
    "score-field-leave-out": Page({"founder"}, methods=WRITE, more={"key": "code"}),
    "points-edit": Page({"founder"}, methods=FORM, more={"card": "intent"}),
    "points-draft": Page({"founder"}, "draft"),
    "points-save": Page({"founder"}, "draft", WRITE),
    "points-drop": Page({"founder"}, "draft", WRITE),
    "points-again": Page({"founder"}, "draft", WRITE),
    "points-rebase": Page({"founder"}, "draft", WRITE),
    "points-return": Page({"founder"}, methods=WRITE, more={"card": "intent", "number": 1}),
    "score-return": Page({"founder"}, "version", WRITE),
    "score-return-points": Page({"founder"}, methods=WRITE),
    "score-return-curve": Page({"founder"}, methods=WRITE),
    "money-invoices": Page(READS_MONEY),
    "invoice-new": Page(KEEPS_MONEY, methods=FORM),
    "invoice-export": Page(READS_MONEY, more={"form": "csv"}),
    "invoice-detail": Page(READS_MONEY, "invoice"),
    "invoice-edit": Page(KEEPS_MONEY, "invoice", FORM),
    "invoice-state": Page(KEEPS_MONEY, "invoice", WRITE),
    "invoice-remind": Page(READS_MONEY, "invoice", WRITE),
    "invoice-pay": Page(KEEPS_MONEY, "invoice", WRITE),
    "payment-away": Page(KEEPS_MONEY, "payment", WRITE),
    "money-cash": Page(KEEPS_MONEY),
    "lead-terms": Page(EDITS_TERMS, "lead"),
    "lead-terms-cash": Page(EDITS_TERMS, "lead"),
    "lead-terms-preview": Page(EDITS_TERMS, "lead", WRITE),
    "lead-terms-new": Page(EDITS_TERMS, "lead", FORM),
    "lead-terms-clause": Page(EDITS_TERMS, "lead", FORM),
    "lead-terms-edit": Page(EDITS_TERMS, "terms", FORM),
    "lead-terms-agree": Page(EDITS_TERMS, "terms", WRITE),
    "lead-terms-declared": Page(EDITS_TERMS, "terms", WRITE),
    "milestone-reached": Page(EDITS_TERMS, "milestone", FORM),
    "healthz": Page({*EVERYONE, "stranger"}),
    "readyz": Page({*EVERYONE, "stranger"}),
}
# Who sees the rows of the seller: a lead without money, its talk, its account, a person there.
SEES = {
    "lead": {"founder", "manager", "seller"},
    "talk": {"founder", "manager", "seller"},
    "decision": {"founder", "manager", "seller"},
    "offer": {"founder", "manager", "seller"},
    "plan": {"founder", "manager", "seller"},
    "bid": {"founder", "manager", "seller"},
    "account": {"founder", "manager", "other_manager", "seller"},
    "contact": {"founder", "manager", "other_manager", "seller"},
    "mail": {"founder", "seller"},
    "digest": {"founder", "seller"},
    "version": {"founder"},
    "undoable": {"seller"},
    "merge": {"seller"},
    "view": {"seller"},
    "draft": {"founder"},
    "terms": {"founder", "manager", "seller"},
    "milestone": {"founder", "manager", "seller"},
    "invoice": {"founder", "manager", "seller", "accountant"},
    "payment": {"founder", "manager", "accountant"},
}
# The package's own pages: for strangers who sign in, and for one's own password.
OF_SIGN_IN = {
    "no-addresses-of-ones-own",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_confirm_login_code",
    "account_confirm_email",
    "account_reset_password_from_key_done",
    "account_reset_password_from_key",
    "account_reset_password_done",
}
