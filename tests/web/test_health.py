"""What a monitor that asks is told."""

import pytest
from django.db import OperationalError, connection

URL = "/healthz"
pytestmark = pytest.mark.django_db


def test_a_copy_whose_worker_beats_is_well(client, worker_is_alive):
    answer = client.get(URL)

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "worker": "alive"})
    assert "no-store" in answer["Cache-Control"]


def test_a_silent_worker_is_said_and_pages_count_as_up(client):
    answer = client.get(URL)

    assert (answer.status_code, answer.json()["worker"]) == (200, "silent")


def test_without_a_database_the_answer_is_503(client):
    def away(*_: object) -> None:
        raise OperationalError("the server is gone")

    with connection.execute_wrapper(away):
        answer = client.get(URL)

    assert (answer.status_code, answer.json()["database"]) == (503, "away")


def test_it_answers_without_https_so_that_a_proxy_can_ask(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(URL).status_code == 200
    assert client.get("/").status_code == 301


def test_it_is_read_only(client):
    assert client.post(URL).status_code == 405
