"""A Monday mail is sent once, whatever dies, refuses or comes twice."""

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from crm import tasks
from crm.models import Digest, OutboxMail, User
from crm.services import delivery, digests
from tests import mail_server
from tests.factories import MONDAY, UserFactory
from tests.mail_server import Behaviour

pytestmark = pytest.mark.django_db
Status = Digest.Status
OUTBOX = "crm.outbox.OutboxBackend"


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


def send_all(now: datetime = MONDAY) -> list[str]:
    """Sweep and send, as the worker does."""
    return [digests.send(digest_id=pk, now=now) for pk in digests.sweep(now=now)]


def test_a_mail_goes_to_the_local_outbox_while_no_server_is_set(reader, settings):
    settings.EMAIL_BACKEND = OUTBOX

    assert send_all() == [Status.SENT]

    mail = OutboxMail.objects.get()
    assert mail.recipient == reader
    assert mail.text_body
    assert mail.html_body


def test_a_mail_goes_out_once_a_week_however_often_the_sweep_runs(reader, server):
    for minutes in range(3):
        send_all(MONDAY + timedelta(minutes=minutes))

    assert server.keys == {f"{reader.pk}/2026-W48": 1}


def test_the_next_week_has_a_mail_of_its_own(reader, server):
    send_all()
    send_all(MONDAY + timedelta(days=7))

    assert list(server.keys.values()) == [1, 1]


def test_a_mail_goes_to_one_recipient_with_a_stable_id_and_two_parts(reader, server):
    send_all()

    address, message = server.taken[0]
    digest = Digest.objects.get()
    assert address == reader.email
    assert message["To"] == reader.email
    assert message["Message-ID"] == digest.message_id == f"<digest-{digest.pk}@localhost>"
    assert [part.get_content_type() for part in message.get_payload()] == [
        "text/plain",
        "text/html",
    ]


def test_a_refused_recipient_is_failed_and_shown_with_the_answer_of_the_server(reader, server):
    server.answers[reader.email] = "550 no such user"

    assert send_all() == [Status.FAILED]

    assert Digest.objects.get().answer == "550 no such user"
    assert send_all(MONDAY + timedelta(hours=1)) == []


def test_a_deferred_mail_waits_longer_each_time_and_then_goes_out_with_the_same_words(
    reader, server
):
    server.answers[reader.email] = "451 try later"
    now, waits = MONDAY, []
    for _try in range(7):
        assert send_all(now) == [Status.PENDING]
        digest = Digest.objects.get()
        waits.append((digest.next_try_at - now) // timedelta(minutes=1))
        assert send_all(digest.next_try_at - timedelta(seconds=1)) == []
        now = digest.next_try_at
    frozen = digest.text_body
    server.answers.clear()

    assert send_all(now) == [Status.SENT]

    assert waits == [1, 2, 2, 5, 20, 60, 60]
    assert Digest.objects.get().text_body == frozen
    assert len(server.taken) == 1


def test_a_server_that_is_away_costs_a_minute(reader):
    with mail_server.sending_to(mail_server.free_port()):
        assert send_all() == [Status.PENDING]
    with mail_server.running() as server:
        assert send_all(MONDAY + timedelta(minutes=1)) == [Status.SENT]

    assert len(server.taken) == 1


def test_a_line_that_drops_before_the_mail_is_handed_over_is_tried_again(reader, server):
    server.answers[reader.email] = "DROP"
    assert send_all() == [Status.PENDING]
    server.answers.clear()

    assert send_all(MONDAY + timedelta(minutes=1)) == [Status.SENT]
    assert len(server.taken) == 1


def test_a_server_that_hangs_up_in_the_middle_of_a_mail_gets_it_again(reader, monkeypatch):
    server, hand_over = mail_server.FaultyServer(), digests._hand_over

    def hand_over_to_nobody(*facts):
        hand_over(*facts)
        server.down()
        server.up()

    with mail_server.sending_to(server.port):
        with monkeypatch.context() as patched:
            patched.setattr(digests, "_hand_over", hand_over_to_nobody)
            assert send_all() == [Status.PENDING]
        assert send_all(MONDAY + timedelta(minutes=1)) == [Status.SENT]
    server.stop()

    assert len(server.taken) == 1


def test_a_server_that_hangs_up_as_it_asks_for_a_mail_gets_it_again(reader):
    server = mail_server.FaultyServer()
    server.trouble = "drop in DATA"
    with mail_server.sending_to(server.port):
        assert send_all() == [Status.PENDING]
        server.heal()
        assert send_all(MONDAY + timedelta(minutes=1)) == [Status.SENT]
    server.stop()

    assert len(server.taken) == 1


def test_the_last_word_of_a_mail_waits_for_nothing(reader, server, monkeypatch):
    """Where it waits in our own kernel, a server that hangs up meanwhile leaves a mail unknown."""
    waits, look = [], delivery._refuse_dead_line

    def look_at_the_line(smtp):
        waits.append(not smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        look(smtp)

    monkeypatch.setattr(delivery, "_refuse_dead_line", look_at_the_line)

    assert send_all() == [Status.SENT]
    assert waits == [False]


def test_a_lost_reply_after_the_mail_is_handed_over_is_never_answered_with_a_second_mail(
    reader, server
):
    server.answers[reader.email] = "LOSE"

    assert send_all() == [Status.UNKNOWN]

    server.answers.clear()
    for minutes in (1, 10, 600):
        assert send_all(MONDAY + timedelta(minutes=minutes)) == []
    assert len(server.taken) == 1


def test_a_server_that_was_away_for_long_is_tried_again_within_five_minutes(reader):
    now = MONDAY
    with mail_server.sending_to(mail_server.free_port()):
        for _try in range(6):
            assert send_all(now) == [Status.PENDING]
            wait = Digest.objects.get().next_try_at - now
            now += wait

    assert wait == timedelta(minutes=5)


def test_who_never_kept_a_sender_waiting_goes_first(server):
    slow = UserFactory()
    server.answers[slow.email] = "451 try later"
    send_all()
    new = UserFactory()

    due = digests.sweep(now=MONDAY + timedelta(minutes=1))

    assert [Digest.objects.get(pk=pk).recipient for pk in due] == [new, slow]


def test_one_bad_recipient_keeps_nobody_else_waiting(server):
    good, bad = UserFactory(), UserFactory()
    server.answers[bad.email] = "451 try later"

    assert sorted(send_all()) == [Status.PENDING, Status.SENT]
    assert [address for address, _message in server.taken] == [good.email]


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


def senders_at_once(digest_id: int) -> None:
    """Let four senders go for one mail at the same moment."""
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        try:
            digests.send(digest_id=digest_id, now=MONDAY)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
    barrier = threading.Barrier(2)

    def sweep() -> None:
        barrier.wait()
        try:
            digests.sweep(now=MONDAY)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Digest.objects.count() == 3


def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written(reader, server):
    (digest_id,) = digests.sweep(now=MONDAY)
    Digest.objects.filter(pk=digest_id).update(
        subject="dots", text_body=".\n..two\n.end", html_body="<p>.</p>", message_id="<d@localhost>"
    )

    digests.send(digest_id=digest_id, now=MONDAY)

    text = server.taken[0][1].get_payload()[0].get_payload(decode=True).decode()
    assert text.replace("\r\n", "\n").strip() == ".\n..two\n.end"
