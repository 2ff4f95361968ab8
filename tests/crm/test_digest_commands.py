"""The Monday mail from the command line and from Celery's tasks."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm import tasks, wake
from crm.models import Digest, OutboxMail, User
from crm.services import digests
from tests.factories import MONDAY, AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"


def run(*args: str) -> str:
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(*args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_cron_line_sends_what_is_due_without_worker_or_broker():
    UserFactory.create_batch(2)

    assert run("send_due_digests", "--now", MONDAY.isoformat()) == "Mails: sent 2.\n"
    assert run("send_due_digests", "--now", MONDAY.isoformat()) == "Mails: none is due.\n"
    assert OutboxMail.objects.count() == 2


def test_a_moment_without_a_zone_is_the_firms():
    UserFactory()

    assert "none" in run("send_due_digests", "--now", "2026-11-23T07:59")
    assert "sent 1" in run("send_due_digests", "--now", "2026-11-23T08:00")


def test_a_malformed_moment_is_refused_with_what_to_write():
    with pytest.raises(CommandError, match="Write it as 2026-11-23T08:00"):
        run("send_due_digests", "--now", "Monday")


def test_one_mail_that_cannot_be_written_keeps_the_others_going(monkeypatch):
    broken, fine = UserFactory(), UserFactory()
    true_write = digests.write

    def write(rows, **facts):
        if any(row.recipient == broken for row in rows):
            raise ValueError("torn row")
        true_write(rows, **facts)

    monkeypatch.setattr(digests, "write", write)

    with pytest.raises(CommandError):
        run("send_due_digests", "--now", MONDAY.isoformat())

    assert OutboxMail.objects.get().recipient == fine


def test_the_digest_of_a_past_day_is_printed_and_nothing_is_sent():
    user = UserFactory(username="founder", role=User.Role.FOUNDER)
    AssessmentFactory(lead=LeadFactory(), as_of=timezone.now() - timedelta(days=9))
    day = (timezone.now() - timedelta(days=8)).date().isoformat()

    assert "1 decision" in run("digest", "--user", "founder", "--as-of", day)
    assert "<html" in run("digest", "--user", user.username, "--format", "html")
    assert "待决定" in run("digest", "--user", user.username, "--language", "zh-hans")
    assert not Digest.objects.exists()
    assert not OutboxMail.objects.exists()


def test_the_reminders_of_today_are_printed_too():
    user = UserFactory(username="wang")
    assert run("digest", "--user", "wang", "--reminders") == "Nothing to remind of today.\n"
    LeadFactory(owner=user, next_step_date=timezone.localdate())

    assert "next step due today" in run("digest", "--user", "wang", "--reminders")
    assert not Digest.objects.exists()


def test_an_unknown_user_is_answered_with_the_names_that_exist():
    UserFactory(username="wang")

    with pytest.raises(CommandError, match="Users: wang"):
        run("digest", "--user", "wnag")


def test_a_day_ahead_is_refused():
    UserFactory(username="wang")

    with pytest.raises(CommandError, match="lies ahead"):
        run("digest", "--user", "wang", "--as-of", "2999-01-01")


def test_the_sweep_gives_each_mail_to_a_task_of_its_own(monkeypatch):
    UserFactory.create_batch(2, digest_weekday=timezone.localtime().isoweekday(), digest_hour=0)
    woken = []
    monkeypatch.setattr(wake, "now", lambda task, **facts: woken.append((task, facts)) or True)

    tasks.send_due_digests()

    ids = list(Digest.objects.order_by("pk").values_list("pk", flat=True))
    assert woken == [("crm.send_digest", {"digest_id": pk}) for pk in ids]


def test_a_task_that_comes_twice_sends_once():
    UserFactory(digest_weekday=timezone.localtime().isoweekday(), digest_hour=0)
    tasks.send_due_digests()
    digest = Digest.objects.get()

    for _time in range(2):
        tasks.send_digest(digest_id=digest.pk)

    assert OutboxMail.objects.count() == 1
