"""Reads settings from the environment and says what to write where a value is malformed."""

import os
import tempfile
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str) -> str:
    """Return a setting as it stands; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no setting; raise ImproperlyConfigured for anything else."""
    value = text(name, "1" if default else "0").lower()
    if value not in YES | NO:
        raise refused(name, value, "1 for yes or 0 for no")
    return value in YES


def number(name: str, *, default: int, low: int, high: int) -> int:
    """Return a whole number from low to high; raise ImproperlyConfigured otherwise."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise refused(name, value, f"a whole number from {low} to {high}, for example {default}")
    return int(value)


def names(name: str, *, default: str) -> list[str]:
    """Return the parts of a comma-separated setting."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def choice(name: str, *, default: str, of: tuple[str, ...]) -> str:
    """Return one of the given words; raise ImproperlyConfigured otherwise."""
    value = text(name, default)
    if value not in of:
        raise refused(name, value, f"one of {', '.join(of)}")
    return value


def time_zone(name: str, *, default: str) -> str:
    """Return an IANA time zone; raise ImproperlyConfigured for an unknown one."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise refused(name, value, "an IANA time zone, for example Asia/Shanghai") from error
    return value


def address(name: str, *, default: str) -> str:
    """Return the IP address to listen on; raise ImproperlyConfigured for anything else."""
    value = text(name, default)
    try:
        ip_address(value)
    except ValueError as error:
        instead = f"{default} for this machine alone, or 0.0.0.0 for all that reach it"
        raise refused(name, value, instead) from error
    return value


def base_url(name: str, *, default: str) -> str:
    """Return the public address without a trailing slash; raise ImproperlyConfigured otherwise."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    try:
        is_bare = parts.netloc and value == f"{parts.scheme}://{parts.netloc}" and parts.port != 0
    except ValueError:  # the port is no number
        is_bare = False
    if not is_bare or parts.scheme not in {"http", "https"} or not is_host(parts.hostname or ""):
        raise refused(name, value, "scheme and host, for example https://crm.example.com")
    return value


def host(name: str) -> str:
    """Return a host name, or nothing; raise ImproperlyConfigured for anything else."""
    value = text(name, "")
    if value and not is_host(value):
        raise refused(name, value, "a host name alone, for example smtp.example.com")
    return value


def is_host(value: str) -> bool:
    """Say whether a text could be a host name or an IP address."""
    return bool(value) and not set(value) & set(" /@?#,;'\"<>")


def sender(name: str, *, default: str) -> str:
    """Return the address that mails come from; raise ImproperlyConfigured for no address."""
    value = text(name, default)
    local, _, domain = parseaddr(value)[1].partition("@")
    if not local or not is_host(domain):
        raise refused(name, value, "an address, for example Touchstone <touchstone@example.com>")
    return value


def database(name: str, *, file: Path) -> dict[str, object]:
    """Return Django's settings of one database: by URL, else SQLite in the given file."""
    value = text(name, "")
    if not value:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}
    instead = (
        "postgres://user:password@localhost:5432/touchstone or sqlite:////srv/touchstone.sqlite3"
    )
    if not value.startswith(("sqlite:////", "postgres://", "postgresql://")):
        raise refused(name, without_password(value), instead)
    try:
        found = dict(environ.Env.db_url_config(value))
    except (ValueError, ImproperlyConfigured) as error:
        raise refused(name, without_password(value), instead) from error
    if not found["NAME"]:
        raise refused(name, without_password(value), instead)
    found["HOST"] = unquote(str(found["HOST"]))  # a socket's folder is written as %2Fvar%2Frun
    return found


def broker(name: str) -> str:
    """Return the broker's URL, or "embedded"; raise ImproperlyConfigured otherwise."""
    value = text(name, "embedded")
    known = ("redis://", "rediss://", "redis+socket://", "amqp://", "amqps://", "filesystem://")
    if value != "embedded" and not value.startswith(known):
        example = "embedded, or an address such as redis://localhost:6379/0"
        raise refused(name, without_password(value), example)
    return value


def secret_key(name: str, *, data_dir: Path) -> str:
    """Return the secret key; without a setting, make one and keep it beside the data."""
    value = text(name, "")
    if value:
        if len(value) < 50:
            raise refused(name, "…", "at least 50 random characters, or leave it out")
        return value
    file = data_dir / "secret-key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_once(file, get_random_secret_key())
        return file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {data_dir} and cannot be used ({error.strerror}). "
            "Write DATA_DIR=a folder of this user's."
        ) from error


def write_once(file: Path, content: str) -> None:
    """Write a private file whole; of several writers at once the first one wins."""
    handle, name = tempfile.mkstemp(dir=file.parent)  # readable for this user alone
    with os.fdopen(handle, "w") as new:
        new.write(content)
    try:
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def without_password(url: str) -> str:
    """Return a URL fit for an error message."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}…@{rest.rpartition('@')[2]}" if "@" in rest else url


def refused(name: str, value: str, instead: str) -> ImproperlyConfigured:
    """Return the error for a malformed setting, with what to write instead."""
    return ImproperlyConfigured(f"{name} is {value!r}. Write {name}={instead}.")
