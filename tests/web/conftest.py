"""What tests of pages share."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Heartbeat, User
from tests.factories import UserFactory


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """Count the queries of a call."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count


@pytest.fixture
def founder(db: None, client: Client) -> User:
    """A founder who is signed in."""
    user = UserFactory(role=User.Role.FOUNDER)
    client.force_login(user)
    return user


@pytest.fixture
def worker_is_alive(db: None) -> None:
    """Let the shell find the worker alive, as on every ordinary day."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": timezone.now()})
