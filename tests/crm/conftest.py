"""What tests of the ledger share."""

import pytest
from django.test import Client

from crm.models import User
from tests.factories import UserFactory


@pytest.fixture
def founder() -> User:
    """Give a founder."""
    return UserFactory(role=User.Role.FOUNDER, is_staff=True, username="founder")


@pytest.fixture
def office(founder: User, client: Client) -> Client:
    """Give a client in which the founder is signed in."""
    client.force_login(founder)
    return client
