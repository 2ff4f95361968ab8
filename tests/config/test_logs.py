"""What holds of secrets in the log."""

import io
import logging

import pytest
from django.conf import settings
from django.test import Client

SECRETS = {
    "/calendar/{}.ics": "aB3_" + "x" * 39,
    "/mail/stop/{}/": "12-w-" + "y" * 43,
}


@pytest.fixture
def log():
    """Give what the program's own handler writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(line["()"](**{name: line[name] for name in line if name != "()"}))
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "secret"), SECRETS.items())
def test_a_secret_in_an_address_is_not_written_to_the_log(log, address, secret):
    assert Client().get(address.format(secret)).status_code == 404
    logging.getLogger("django.request").error("Internal Server Error: %s", address.format(secret))

    assert log.getvalue().count(address.format("***")) >= 2
    assert secret not in log.getvalue()
