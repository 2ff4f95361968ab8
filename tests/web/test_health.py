"""What a monitor and a proxy that ask are told."""

import signal
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from crm import impatient
from crm.models import Heartbeat
from crm.selectors import health

SIGNS_OF_LIFE = ("worker", "mailer", "beat")
WELL = {"database": "ok", "broker": "ok", "disk": "ok"} | dict.fromkeys(SIGNS_OF_LIFE, "alive")
IMPATIENT = health.PATIENCE  # as shipped
BOUND = 1.0  # seconds that an answer may take on a busy machine
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]


def away(*_: object) -> None:
    raise OperationalError("the server is gone")


def told(client, url="/healthz"):
    """Return the code of an answer, what it tells, and how long it took."""
    started = time.monotonic()
    answer = client.get(url)
    return answer.status_code, answer.json(), time.monotonic() - started


@pytest.fixture
def all_beat() -> None:
    for name in SIGNS_OF_LIFE:
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


@pytest.fixture
def space(monkeypatch) -> SimpleNamespace:
    """Let the disk hold what a test says."""
    usage = SimpleNamespace(total=10**10, free=10**9)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: usage)
    return usage


def test_a_copy_of_which_all_parts_answer_is_well(client, broker, all_beat, space):
    code, said, _ = told(client)

    assert (code, said) == (200, WELL | {"degraded": []})
    assert told(client, "/readyz")[:2] == (200, {"ready": True, "because": []})


@pytest.mark.parametrize("silent", SIGNS_OF_LIFE)
def test_a_silent_part_is_named_and_pages_count_as_up(client, all_beat, space, silent):
    Heartbeat.objects.filter(name=silent).update(beat_at=timezone.now() - timedelta(minutes=3))

    code, said, _ = told(client)

    assert (code, said[silent]) == (200, "silent")
    assert said["degraded"] == [silent, "broker"]


def test_a_broker_that_hangs_is_away_and_costs_a_probe_little(
    client, broker, all_beat, space, monkeypatch
):
    monkeypatch.setattr(health, "PATIENCE", IMPATIENT)
    broker.send_signal(signal.SIGSTOP)
    answers = [told(client) for _ in range(3)]
    broker.send_signal(signal.SIGCONT)

    assert {(code, said["broker"]) for code, said, _ in answers} == {(200, "away")}
    assert IMPATIENT <= 0.25
    assert min(seconds for *_, seconds in answers) < BOUND


def test_without_a_database_both_answers_are_503(client, space):
    with connection.execute_wrapper(away):
        code, said, _ = told(client)
        answer = client.get("/readyz")

    assert (code, said["database"], said["worker"]) == (503, "away", "unknown")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json()["because"] == ["database"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_is_away_and_its_connection_is_left_behind(
    client, space, monkeypatch
):
    def hangs(execute, *rest):
        time.sleep(3 * IMPATIENT)
        return execute(*rest)

    monkeypatch.setattr(health, "PATIENCE", IMPATIENT)
    with connection.execute_wrapper(hangs):
        code, said, _ = told(client)
        time.sleep(3 * IMPATIENT)
    monkeypatch.setattr(health, "PATIENCE", 10.0)

    assert (code, said["database"]) == (503, "away")
    assert told(client)[0] == 200


def test_tables_of_an_older_version_are_not_ready(client, space):
    MigrationRecorder.Migration.objects.filter(app="scoring").delete()

    code, said, _ = told(client, "/readyz")

    assert (code, said["because"]) == (503, ["migrations"])
    assert told(client)[0] == 200


@pytest.mark.parametrize(
    ("free", "word", "code"), [(4 * 10**8, "low", 200), (4 * 10**7, "full", 503)]
)
def test_a_disk_that_fills_up_is_named_before_it_is_full(client, space, free, word, code):
    space.free = free

    assert told(client)[1]["disk"] == word
    assert told(client, "/readyz")[0] == code


def test_an_answer_costs_two_queries_at_most(client, space, count_queries):
    told(client, "/readyz")  # the first one reads the migrations of the program

    assert count_queries(lambda: told(client)) == 1
    assert count_queries(lambda: told(client, "/readyz")) <= 2


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_they_answer_anyone_without_https_and_are_kept_by_no_cache(client, settings, space, url):
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(url)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.post(url).status_code == 405
    assert client.get("/").status_code == 301


def test_what_hangs_is_not_asked_again_meanwhile():
    asked = []

    def hangs() -> None:
        asked.append(1)
        time.sleep(0.4)

    question = impatient.OneAtATime()
    for _ in range(3):
        with pytest.raises(impatient.NoAnswer):
            question.answer(hangs, within=0.05)

    assert len(asked) == 1
