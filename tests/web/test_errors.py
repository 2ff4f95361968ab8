"""What a reader sees when the database is away, and when something breaks."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from crm.models import Lead, User
from tests.factories import LeadFactory, UserFactory

ON_SQLITE = connection.vendor == "sqlite"
# How long a statement waits for the lock; 20 s would be long for a test.
SHORT = "PRAGMA busy_timeout = 50" if ON_SQLITE else "SET lock_timeout = '50ms'"
LOCK = "BEGIN EXCLUSIVE" if ON_SQLITE else "BEGIN; LOCK TABLE crm_lead IN EXCLUSIVE MODE"


@contextlib.contextmanager
def locked_by_another_process() -> Iterator[None]:
    """Hold the database's lock on a connection of our own."""
    other = connection.copy()
    try:
        with connection.cursor() as ours, other.cursor() as theirs:
            ours.execute(SHORT)
            theirs.execute(LOCK)
            yield
            theirs.execute("ROLLBACK")
    finally:
        other.close()
        connection.close()


@pytest.fixture
def founder(transactional_db: None) -> Client:
    """A founder's browser that shows error pages instead of raising."""
    browser = Client(raise_request_exception=False)
    browser.force_login(UserFactory(role=User.Role.FOUNDER))
    return browser


def test_a_locked_database_is_said_with_when_to_come_back_and_nothing_is_half_written(founder):
    lead = LeadFactory()

    with locked_by_another_process():
        answer = founder.post(
            reverse("lead-move", args=[lead.pk]), {"to_stage": "BID", "version": "1"}
        )

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "its database is away" in answer.content.decode()
    assert Lead.objects.get().stage == "NEW"
    assert founder.get(reverse("lead-list")).status_code == 200


def test_a_page_that_only_reads_opens_at_once_while_another_process_writes(founder):
    address = reverse("lead-detail", args=[LeadFactory().pk])
    codes = []

    def read() -> None:
        # A thread of the web server's, whose connection has asked the database nothing yet.
        codes.append(founder.get(address).status_code)
        connection.close()

    with locked_by_another_process():
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    assert codes == [200]


def test_a_fault_of_ours_is_no_outage(founder, monkeypatch):
    monkeypatch.setattr("crm.selectors.lead_list.PAGE_ROWS", "fifty")

    answer = founder.get(reverse("lead-list"))

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
