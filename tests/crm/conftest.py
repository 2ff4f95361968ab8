"""What tests of the ledger share."""

from collections.abc import Iterator

import pytest
from django.test import Client

from crm.models import User
from tests import mail_server
from tests.factories import UserFactory
from tests.mail_server import Behaviour


@pytest.fixture
def founder() -> User:
    """Give a founder."""
    return UserFactory(role=User.Role.FOUNDER, is_staff=True, username="founder")


@pytest.fixture
def office(founder: User, client: Client) -> Client:
    """Give a client in which the founder is signed in."""
    client.force_login(founder)
    return client


@pytest.fixture
def server() -> Iterator[Behaviour]:
    """Run a mail server and send through it."""
    with mail_server.running() as behaviour:
        yield behaviour


@pytest.fixture
def reader() -> User:
    """Someone whose mail is due on MONDAY."""
    user: User = UserFactory(role=User.Role.FOUNDER, email="founder@vendor.example")
    return user
