"""What `manage.py check --deploy` asks beyond Django's own questions."""

import stat
from collections.abc import Iterable, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db import connection

Apps = Sequence[AppConfig] | None


def content_policy(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask for a policy that lets no script in but our own files."""
    directives = getattr(settings, "CONTENT_SECURITY_POLICY", {}).get("DIRECTIVES", {})
    sources = [*directives.get("default-src", ()), *directives.get("script-src", ())]
    if not sources or any("unsafe" in str(word) or "*" in str(word) for word in sources):
        yield checks.Warning(
            "The content security policy lets foreign or inline scripts run.",
            hint="Give CONTENT_SECURITY_POLICY a default-src of 'self'.",
            id="touchstone.W001",
        )


def sqlite_transactions(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask for transactions that do not fail with 'database is locked'."""
    mode = connection.settings_dict["OPTIONS"].get("transaction_mode")
    if connection.vendor == "sqlite" and mode != "IMMEDIATE":
        yield checks.Warning(
            "SQLite transactions begin deferred: two writers at once fail.",
            hint="Set transaction_mode to IMMEDIATE.",
            id="touchstone.W002",
        )


def message_format(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask for messages that cannot carry code."""
    if settings.CELERY_ACCEPT_CONTENT != ["json"] or settings.CELERY_TASK_SERIALIZER != "json":
        yield checks.Warning(
            "The worker accepts messages that may carry code.",
            hint='Set CELERY_ACCEPT_CONTENT to ["json"].',
            id="touchstone.W003",
        )


def private_files(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask that nobody else on the machine reads key and ledger."""
    folder = Path(settings.DATA_DIR)
    for path in (folder, folder / "secret-key"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield checks.Warning(
                f"{path} can be read by other users of this machine.",
                hint=f"Run: chmod go-rwx '{path}'",
                id="touchstone.W004",
            )


def mail_encryption(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask that mails leave encrypted, and from an address that can be answered."""
    if not settings.EMAIL_HOST:
        return
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        yield checks.Warning(
            f"Mails, and the password of {settings.EMAIL_HOST}, travel unencrypted.",
            hint="Set EMAIL_SECURITY=starttls, or tls.",
            id="touchstone.W005",
        )
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith("@localhost"):
        yield checks.Warning(
            "Mails come from an address at localhost, which many servers refuse.",
            hint="Set EMAIL_FROM, for example Touchstone <touchstone@example.com>.",
            id="touchstone.W006",
        )


def public_address(app_configs: Apps, **options: Any) -> Iterable[CheckMessage]:
    """Ask for an address that the links in mails can use."""
    if "//localhost" in settings.BASE_URL or "//127." in settings.BASE_URL:
        yield checks.Warning(
            "Links in mails lead to this machine alone.",
            hint="Set BASE_URL, for example https://crm.example.com.",
            id="touchstone.W007",
        )


ALL = (
    content_policy,
    sqlite_transactions,
    message_format,
    private_files,
    mail_encryption,
    public_address,
)


def register_all() -> None:
    """Have `check --deploy` ask these questions."""
    for check in ALL:
        checks.register(check, deploy=True)
