"""What holds of the settings: each malformed value is refused with what to write instead."""

import os
import re
import runpy
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import config

SETTINGS = Path(config.__file__).with_name("settings.py")
README = SETTINGS.parent.parent / "README.md"
READ = re.compile(r'environment\.\w+\(\s*"([A-Z_]+)"')
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)

MALFORMED = [
    ("DEBUG", "maybe", "DEBUG=1 for yes or 0 for no"),
    ("DEMO", "some", "DEMO=1 for yes or 0 for no"),
    ("BEHIND_PROXY", "nginx", "BEHIND_PROXY=1 for yes or 0 for no"),
    ("SECRET_KEY", "short", "SECRET_KEY=at least 50 random characters"),
    ("PORT", "80a", "PORT=a whole number from 1 to 65535, for example 8000"),
    ("PORT", "70000", "PORT=a whole number from 1 to 65535"),
    ("PORT", "٨٠٠٠", "PORT=a whole number from 1 to 65535"),
    ("BIND", "localhost:8000", "BIND=127.0.0.1 for this machine alone"),
    ("WEB_WORKERS", "0", "WEB_WORKERS=a whole number from 1 to 64"),
    ("WORKER_PROCESSES", "-1", "WORKER_PROCESSES=a whole number from 1 to 64"),
    ("BASE_URL", "crm.example.com", "BASE_URL=scheme and host, for example https://"),
    ("BASE_URL", "https://crm.example.com/crm", "BASE_URL=scheme and host"),
    ("BASE_URL", "https://crm.example.com:none", "BASE_URL=scheme and host"),
    ("BASE_URL", "https://", "BASE_URL=scheme and host"),
    ("BASE_URL", "javascript://crm", "BASE_URL=scheme and host"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS=the host names of this server"),
    ("DATABASE_URL", "mysql://crm@localhost/crm", "DATABASE_URL=postgres://user:password@"),
    ("DATABASE_URL", "postgres://localhost:port/crm", "DATABASE_URL=postgres://user:password@"),
    ("DATABASE_URL", "postgres://localhost", "DATABASE_URL=postgres://user:password@"),
    ("DATABASE_URL", "sqlite://:memory:", "DATABASE_URL=postgres://user:password@"),
    ("BROKER_URL", "memory://", "BROKER_URL=embedded, or an address such as redis://"),
    ("DEFAULT_LANGUAGE", "de", "DEFAULT_LANGUAGE=one of zh-hans, en"),
    ("TIME_ZONE", "Beijing", "TIME_ZONE=an IANA time zone, for example Asia/Shanghai"),
    ("TIME_ZONE", "../etc/passwd", "TIME_ZONE=an IANA time zone"),
    ("EMAIL_HOST", "smtp://mail", "EMAIL_HOST=a host name alone, for example"),
    ("EMAIL_PORT", "smtp", "EMAIL_PORT=a whole number from 1 to 65535, for example 587"),
    ("EMAIL_SECURITY", "ssl", "EMAIL_SECURITY=one of starttls, tls, none"),
    ("EMAIL_FROM", "Touchstone", "EMAIL_FROM=an address, for example Touchstone <"),
    ("LOG_LEVEL", "loud", "LOG_LEVEL=one of DEBUG, INFO, WARNING, ERROR"),
    ("LOG_FORMAT", "xml", "LOG_FORMAT=one of console, json"),
]


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    """Give a function that reads the settings file in an environment of only these settings."""

    def read(**environment: str) -> dict[str, Any]:
        for name in READ.findall(SETTINGS.read_text()):
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"DATA_DIR": str(tmp_path / "data")} | environment).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


@pytest.mark.parametrize(("name", "value", "instead"), MALFORMED)
def test_a_malformed_value_is_refused_with_what_to_write(settings_of, name, value, instead):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_of(**{name: value})

    assert str(refusal.value).startswith(f"{name} is ")
    assert f"Write {instead}" in str(refusal.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "BROKER_URL"])
def test_a_refusal_does_not_tell_the_password(settings_of, name):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_of(**{name: "oracle://crm:s3cret@db.example.com/crm"})

    assert "s3cret" not in str(refusal.value)
    assert "db.example.com" in str(refusal.value)


def test_a_refusal_does_not_tell_the_secret_key(settings_of):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_of(SECRET_KEY="hunter2")

    assert "hunter2" not in str(refusal.value)


def test_a_data_folder_that_cannot_be_written_is_said(settings_of, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ImproperlyConfigured, match="Write DATA_DIR=a folder of this user's"):
        settings_of(DATA_DIR=str(tmp_path / "file" / "data"))


def test_everything_has_a_default(settings_of):
    settings = settings_of()

    assert settings["DATABASES"]["default"]["ENGINE"].endswith("sqlite3")
    assert settings["BASE_URL"] == "http://localhost:8000"


def test_an_empty_value_counts_as_not_set(settings_of):
    assert settings_of(PORT="", BASE_URL=" ")["BASE_URL"] == "http://localhost:8000"


def test_the_secret_key_is_made_once_and_read_by_this_user_alone(settings_of, tmp_path):
    first, second = settings_of()["SECRET_KEY"], settings_of()["SECRET_KEY"]

    file = tmp_path / "data" / "secret-key"
    assert first == second == file.read_text()
    assert len(first) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == ["secret-key"]


def test_the_host_of_the_address_is_served_without_being_named_twice(settings_of):
    assert "crm.example.com" in settings_of(BASE_URL="https://crm.example.com")["ALLOWED_HOSTS"]


def test_https_turns_on_all_that_needs_it(settings_of):
    settings = settings_of(BASE_URL="https://crm.example.com")

    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_a_data_folder_may_have_any_name(settings_of, tmp_path):
    folder = tmp_path / "客户 %41 ?#" / ("long" * 50)

    settings = settings_of(DATA_DIR=str(folder))

    assert settings["DATABASES"]["default"]["NAME"] == str(folder / "touchstone.sqlite3")
    assert len(os.fsencode(settings["CELERY_BROKER_URL"])) < 120


def test_postgres_may_be_reached_through_a_socket(settings_of):
    settings = settings_of(DATABASE_URL="postgres://crm@%2Fvar%2Frun%2Fpostgresql/touchstone")

    assert settings["DATABASES"]["default"]["HOST"] == "/var/run/postgresql"


def test_the_readme_lists_every_setting_and_no_other():
    assert sorted(ROW.findall(README.read_text())) == sorted(
        set(READ.findall(SETTINGS.read_text()))
    )
