"""What `check --deploy` asks of a real server."""

import pytest
from django.conf import settings as shipped
from django.db import connection

from config import checks


@pytest.fixture
def deployed(settings, tmp_path):
    """Give settings of a server that leaves nothing to ask."""
    settings.BASE_URL = "https://crm.example.com"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "smtp.example.com", True
    settings.DEFAULT_FROM_EMAIL = "Touchstone <crm@example.com>"
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    return settings


def asked() -> list[str]:
    return [message.id for check in checks.ALL for message in check(None)]


def test_nothing_is_asked_of_a_server_that_is_set_up_well(deployed):
    assert asked() == []


def test_a_policy_that_lets_inline_scripts_in_is_asked_about(deployed):
    deployed.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'unsafe-inline'"]}}

    assert asked() == ["touchstone.W001"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a question to SQLite alone")
def test_transactions_that_fail_under_two_writers_are_asked_about(deployed, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"timeout": 5})

    assert asked() == ["touchstone.W002"]


def test_messages_that_may_carry_code_are_asked_about(deployed):
    deployed.CELERY_ACCEPT_CONTENT = [*shipped.CELERY_ACCEPT_CONTENT, "pickle"]

    assert asked() == ["touchstone.W003"]


def test_a_key_that_others_can_read_is_asked_about(deployed):
    key = deployed.DATA_DIR / "secret-key"
    key.write_text("key")
    key.chmod(0o644)

    assert asked() == ["touchstone.W004"]


def test_mail_that_travels_unencrypted_is_asked_about(deployed):
    deployed.EMAIL_USE_TLS = False

    assert asked() == ["touchstone.W005"]


def test_a_sender_at_localhost_is_asked_about(deployed):
    deployed.DEFAULT_FROM_EMAIL = "Touchstone <touchstone@localhost>"

    assert asked() == ["touchstone.W006"]


def test_links_that_lead_to_this_machine_alone_are_asked_about(deployed):
    deployed.BASE_URL = "http://localhost:8000"

    assert asked() == ["touchstone.W007"]
