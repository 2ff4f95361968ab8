"""A Monday mail is sent once, whatever dies, refuses or comes twice."""

import socket
from datetime import datetime, timedelta

import pytest

from crm.models import Digest, OutboxMail
from crm.services import delivery, digests
from tests import mail_server
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db
Status = Digest.Status
OUTBOX = "crm.outbox.OutboxBackend"


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


def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written(reader, server):
    (digest_id,) = digests.sweep(now=MONDAY)
    Digest.objects.filter(pk=digest_id).update(
        subject="dots", text_body=".\n..two\n.end", html_body="<p>.</p>", message_id="<d@localhost>"
    )

    digests.send(digest_id=digest_id, now=MONDAY)

    text = server.taken[0][1].get_payload()[0].get_payload(decode=True).decode()
    assert text.replace("\r\n", "\n").strip() == ".\n..two\n.end"
