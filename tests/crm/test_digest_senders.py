"""A Monday mail is sent once, though senders die, clocks jump and several send at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from crm import tasks
from crm.models import Digest
from crm.services import delivery, digests
from tests.crm.test_digest_sending import Status, send_all
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process died here."""


def die(*args: object, **kwargs: object) -> None:
    """Stand for a SIGKILL."""
    raise Killed


def test_a_sweep_killed_while_it_writes_loses_nothing(reader, server, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(digests, "write", die)
        with pytest.raises(Killed):
            send_all()

    assert send_all() == [Status.SENT]
    assert len(server.taken) == 1


@pytest.mark.parametrize("step", ["freeze", "deliver", "_hand_over"])
def test_a_sender_killed_before_the_hand_over_loses_nothing_and_doubles_nothing(
    step, reader, server, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(digests, step, die)
        if step == "freeze":  # what the sweep has written needs no writing by the sender
            patched.setattr(digests, "_write_together", lambda due, **facts: None)
        with pytest.raises(Killed):
            send_all()
    assert Digest.objects.get().status == Status.SENDING
    assert send_all(MONDAY + timedelta(minutes=1)) == []  # the lease still runs

    assert send_all(MONDAY + timedelta(minutes=3)) == [Status.SENT]
    assert len(server.taken) == 1


def test_a_mail_whose_sender_died_waits_three_minutes_at_most(settings):
    """It goes out with the first sweep after its lease, which no living sender outlasts."""
    sweeps = timedelta(
        seconds=settings.CELERY_BEAT_SCHEDULE["send digests that are due"]["schedule"]
    )

    assert digests.LEASE + sweeps <= timedelta(minutes=3)
    assert timedelta(seconds=tasks.send_digest.time_limit) < digests.LEASE


def test_a_sender_killed_after_the_hand_over_leaves_the_mail_unknown(reader, server, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(digests, "_settle_answer", die)
        with pytest.raises(Killed):
            send_all()
    assert Digest.objects.get().status == Status.HANDED_OVER

    assert send_all(MONDAY + timedelta(minutes=3)) == []

    digest = Digest.objects.get()
    assert (digest.status, digest.answer) == (Status.UNKNOWN, digests.DIED)
    assert len(server.taken) == 1


def test_a_slow_sender_that_lost_its_lease_hands_nothing_over(reader, server, monkeypatch):
    """The second sender takes over while the first still writes."""
    true_deliver = delivery.deliver
    (digest_id,) = digests.sweep(now=MONDAY)

    def slow(message, *, hand_over):
        monkeypatch.setattr(digests, "deliver", true_deliver)
        assert digests.send(digest_id=digest_id, now=MONDAY + timedelta(minutes=3)) == Status.SENT
        return true_deliver(message, hand_over=hand_over)

    monkeypatch.setattr(digests, "deliver", slow)

    assert digests.send(digest_id=digest_id, now=MONDAY) == ""

    assert len(server.taken) == 1
    assert Digest.objects.get().status == Status.SENT


@pytest.mark.parametrize("days", [-1, 8])
def test_a_clock_that_jumps_sends_no_second_mail_in_a_week(days, reader, server):
    send_all()
    for moment in (MONDAY + timedelta(days=days), MONDAY, MONDAY + timedelta(days=1)):
        send_all(moment)

    weeks = {"2026-W48"} if days < 0 else {"2026-W48", "2026-W49"}
    assert server.keys == dict.fromkeys((f"{reader.pk}/{week}" for week in weeks), 1)


@pytest.mark.parametrize(
    ("step", "fate"), [("deliver", Status.SENT), ("_settle_answer", Status.UNKNOWN)]
)
def test_a_lease_of_a_clock_that_was_set_back_holds_nothing_up(
    step, fate, reader, server, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(digests, step, die)
        with pytest.raises(Killed):
            send_all(MONDAY)

    send_all(MONDAY - timedelta(days=1))

    assert Digest.objects.get().status == fate
    assert len(server.taken) == 1


def test_a_sender_whose_clock_is_a_little_late_takes_no_mail_from_another(reader, server):
    (digest_id,) = digests.sweep(now=MONDAY)
    assert digests.claim(digest_id=digest_id, token="first", now=MONDAY)

    late = MONDAY - timedelta(minutes=1)

    assert not digests.claim(digest_id=digest_id, token="second", now=late)
    assert send_all(late) == []


def test_a_try_that_was_put_off_by_a_clock_that_was_set_back_comes_now(reader, server):
    server.answers[reader.email] = "451 try later"
    send_all(MONDAY)
    server.answers.clear()

    assert send_all(MONDAY - timedelta(days=1)) == [Status.SENT]


def test_a_slow_sender_keeps_its_mail_through_a_jump_of_the_clock(reader, server, monkeypatch):
    """Its lease counts as over, another sends the mail: the first one hands nothing over."""
    true_deliver = delivery.deliver
    (digest_id,) = digests.sweep(now=MONDAY)

    def slow(message, *, hand_over):
        monkeypatch.setattr(digests, "deliver", true_deliver)
        digests.send(digest_id=digest_id, now=MONDAY - timedelta(days=1))
        return true_deliver(message, hand_over=hand_over)

    monkeypatch.setattr(digests, "deliver", slow)
    digests.send(digest_id=digest_id, now=MONDAY)

    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_a_ledger_that_is_locked_for_a_while_is_asked_again(reader, server, monkeypatch):
    monkeypatch.setattr(digests, "RECORD_PAUSE", 0)
    locked = [True, True]

    def fail_twice(execute, sql, *rest):
        if locked and '"attempts" =' in sql:
            locked.pop()
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail_twice):
        assert send_all() == [Status.SENT]

    assert Digest.objects.get().status == Status.SENT


def test_reminders_that_cannot_be_made_keep_no_monday_mail(reader, server, monkeypatch):
    monkeypatch.setattr(digests.digest_due, "add_daily", die_of_a_fault)

    assert send_all() == [Status.SENT]


def die_of_a_fault(*args: object, **kwargs: object) -> None:
    """Stand for a torn record."""
    raise ValueError("a torn record")


def at_once(count: int, act: Callable[[], object]) -> None:
    """Let several threads do something at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(count)

    def one() -> None:
        barrier.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def senders_at_once(digest_id: int) -> None:
    """Let four senders go for one mail at the same moment."""
    at_once(4, lambda: digests.send(digest_id=digest_id, now=MONDAY))


@pytest.mark.django_db(transaction=True)
def test_of_senders_at_once_one_sends(server):
    UserFactory()
    (digest_id,) = digests.sweep(now=MONDAY)

    senders_at_once(digest_id)

    assert list(server.keys.values()) == [1]


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_the_same_race_doubles_the_mail(server, monkeypatch):
    UserFactory()
    (digest_id,) = digests.sweep(now=MONDAY)

    def take_it_anyway(*, digest_id, token, now):
        Digest.objects.filter(pk=digest_id).update(
            status=Status.SENDING, lease_until=now + digests.LEASE
        )
        return True

    monkeypatch.setattr(digests, "claim", take_it_anyway)
    monkeypatch.setattr(digests, "_hand_over", lambda digest, token, now: None)

    senders_at_once(digest_id)

    assert sum(server.keys.values()) > 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_add_one_row_a_person():
    UserFactory.create_batch(3)
    at_once(2, lambda: digests.sweep(now=MONDAY))

    assert Digest.objects.count() == 3
