"""What waits behind what: a mail never waits behind a training."""

import pytest
from celery import current_app

from config import programs
from crm import tasks
from crm.models import Heartbeat
from crm.selectors import health

MAIL = {"crm.send_due_digests", "crm.send_digest"}


def queue_of(task: str) -> str:
    """Return the queue that a message to a task goes to."""
    return current_app.amqp.router.route({}, task)["queue"].name


def worked_by(program: programs.Program) -> set[str]:
    """Return the queues that a worker is told to work."""
    (option,) = (word for word in program.command if word.startswith("--queues="))
    return set(option.partition("=")[2].split(","))


def test_mails_have_a_queue_of_their_own():
    own = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert own >= MAIL

    assert {name for name in own if queue_of(name) == "mail"} == MAIL


def test_each_queue_has_one_worker_with_processes_of_its_own():
    scores, mails = worked_by(programs.worker()), worked_by(programs.mailer())

    assert scores.isdisjoint(mails)
    assert scores | mails == set(current_app.amqp.queues) == set(health.WORKERS)


def test_a_worker_that_is_told_of_no_queue_works_all():
    assert set(current_app.amqp.queues.consume_from) == set(health.WORKERS)


@pytest.mark.django_db
@pytest.mark.parametrize(("queue", "name"), health.WORKERS.items())
def test_each_worker_says_for_itself_that_it_lives(queue, name):
    tasks.beat.apply(routing_key=queue).get()

    assert list(Heartbeat.objects.values_list("name", flat=True)) == [name]


def test_both_workers_are_asked_for_a_sign_of_life(settings):
    asked = [
        (entry.get("options") or {}).get("queue", queue_of(entry["task"]))
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] == "crm.beat"
    ]

    assert set(asked) == set(health.WORKERS)


def test_no_message_of_the_clock_waits_for_ever(settings):
    """A job that kills its worker comes back to the queue; only its end of time ends that."""
    limits = {
        entry["task"]: (entry.get("options") or {}).get("expires")
        or current_app.tasks[entry["task"]].expires
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }

    assert [task for task, seconds in limits.items() if not seconds] == []
