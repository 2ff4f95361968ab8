"""What holds of the record of background jobs: true, short, and in nobody's way."""

from datetime import timedelta
from queue import Empty, Queue

import pytest
from celery import current_app, shared_task
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from crm import recorded as recorded_module
from crm import tasks
from crm.models import Heartbeat, JobRun
from crm.recorded import Keep, Recorded, recorded
from crm.services import job_runs

pytestmark = pytest.mark.django_db
Outcome = JobRun.Outcome
NAME = "crm.back_up"


@shared_task(name="tests.count", base=Recorded, ignore_result=True)
def count(*, things: int) -> int:
    """Count things, of which there are never fewer than none."""
    if things < 0:
        raise ValueError(f"the account 海岳 has {things} things")
    return things


def test_a_run_is_kept_with_when_it_ran_and_how_much_it_did():
    count.apply(kwargs={"things": 3}, task_id="one")

    run = JobRun.objects.get()
    assert (run.name, run.outcome, run.done) == ("tests.count", Outcome.DONE, 3)
    assert run.seconds is not None
    assert run.seconds >= 0


def test_a_failure_is_raised_and_kept_by_its_kind_and_place_without_its_words():
    with pytest.raises(ValueError, match="海岳"):
        count(things=-1)

    run = JobRun.objects.get()
    assert (run.outcome, run.error, run.ended_at is None) == (Outcome.FAILED, "ValueError", False)
    assert "海岳" not in str(JobRun.objects.values().get())


def test_the_place_of_a_failure_is_the_innermost_line_of_our_own_code():
    try:
        JobRun.objects.running_at("no moment")
    except Exception as error:  # whatever Django says of it
        caught = error

    assert job_runs.place_of(caught).startswith("crm/models/job.py:")


def test_a_sweep_that_found_nothing_leaves_its_last_moment_in_one_row():
    for _ in range(3):
        with recorded(NAME, keep=Keep.WORK):
            pass

    assert not JobRun.objects.exists()
    assert Heartbeat.objects.get().name == NAME


def test_a_sweep_that_did_something_and_one_that_failed_are_kept():
    with recorded(NAME, keep=Keep.WORK) as run:
        run.done = 2
    with pytest.raises(ZeroDivisionError), recorded(NAME, keep=Keep.WORK):
        raise ZeroDivisionError

    assert set(JobRun.objects.values_list("outcome", "done")) == {("DONE", 2), ("FAILED", None)}


def test_a_run_that_gave_way_to_another_says_nothing_of_the_job():
    with recorded(NAME):
        assert JobRun.objects.get().outcome == Outcome.RUNNING

    assert not JobRun.objects.exists()


def test_of_work_with_a_ledger_of_its_own_only_failures_are_kept():
    with recorded(NAME, keep=Keep.FAULTS) as run:
        run.done = 1
    with pytest.raises(ZeroDivisionError), recorded(NAME, keep=Keep.FAULTS):
        raise ZeroDivisionError

    assert JobRun.objects.get().outcome == Outcome.FAILED
    assert not Heartbeat.objects.exists()


def test_a_message_that_comes_again_shows_that_its_first_run_broke_off():
    killed = job_runs.new("tests.count", owner="one", now=timezone.now())
    job_runs.begin(killed, now=killed.started_at)

    count.apply(kwargs={"things": 1}, task_id="one")

    assert list(JobRun.objects.values_list("outcome", flat=True)) == ["DONE", "BROKE_OFF"]


def test_a_run_that_outlived_its_lease_is_seen_as_lost_and_settled_by_the_next():
    now = timezone.now()
    dead = job_runs.new(NAME, owner="dead", now=now - timedelta(days=1))
    job_runs.begin(dead, now=dead.started_at)
    assert JobRun.objects.lost_by(now).get() == dead
    assert not JobRun.objects.running_at(now).exists()

    with recorded(NAME, owner="next"):
        assert JobRun.objects.running_at(timezone.now()).get().owner == "next"

    dead.refresh_from_db()
    assert dead.outcome == Outcome.BROKE_OFF


def test_a_run_that_says_it_goes_on_is_no_lost_one_and_one_that_falls_silent_soon_is():
    began = timezone.now() - timedelta(minutes=20)
    run = job_runs.new(NAME, owner="", now=began)
    job_runs.begin(run, now=began)

    job_runs.prolong(run, now=began + timedelta(minutes=19))
    assert JobRun.objects.running_at(began + timedelta(minutes=20)).exists()
    killed_at = began + timedelta(minutes=19)
    assert JobRun.objects.lost_by(killed_at + timedelta(minutes=3)).exists()
    assert job_runs.broken_off([NAME], now=killed_at + timedelta(minutes=3)) == [NAME]

    job_runs.fail(run, MemoryError(), now=killed_at)
    job_runs.prolong(run, now=killed_at)  # a sign that came too late
    run.refresh_from_db()
    assert run.outcome == Outcome.FAILED


def test_many_mails_say_once_in_half_a_minute_that_their_worker_lives(monkeypatch):
    def send() -> bool:
        Heartbeat.objects.all().delete()
        with recorded(NAME, keep=Keep.FAULTS, worker="mailer"):
            pass
        return Heartbeat.objects.filter(name="mailer").exists()

    monkeypatch.setattr(recorded_module, "_said_at", {})

    assert [send(), send()] == [True, False]
    recorded_module._said_at["mailer"] -= recorded_module.SIGN_EVERY
    assert send()


def test_signs_of_life_are_given_while_work_goes_on_and_end_with_it():
    given, several = Queue[int](), 3
    with recorded_module.signs_of_life(lambda: given.put(1), every=0.01):
        for _ in range(several):
            given.get(timeout=5)
    while not given.empty():
        given.get()
    with pytest.raises(Empty):
        given.get(timeout=0.05)


def broke_off(*, minutes_ago: int) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    JobRun.objects.create(
        name=NAME, started_at=at, lease_until=at + job_runs.LEASE, outcome=Outcome.BROKE_OFF
    )


def test_what_broke_off_is_begun_again_after_the_lease_of_the_dead_run():
    now = timezone.now()
    broke_off(minutes_ago=1)
    assert job_runs.broken_off([NAME], now=now) == []

    later = now + timedelta(minutes=3)
    assert job_runs.broken_off([NAME], now=later) == [NAME]
    assert job_runs.broken_off(["another"], now=later) == []

    with recorded(NAME) as run:
        assert job_runs.broken_off([NAME], now=later) == []
        run.done = 1
    assert job_runs.broken_off([NAME], now=later) == []


def test_what_breaks_off_again_and_again_is_left_alone_for_some_hours():
    for hour in range(1, job_runs.TRIES + 2):
        broke_off(minutes_ago=60 * hour)
    now = timezone.now()

    assert job_runs.broken_off([NAME], now=now) == []
    assert job_runs.broken_off([NAME], now=now + timedelta(hours=3)) == [NAME]


def test_the_sweep_wakes_what_broke_off(monkeypatch):
    woken: list[str] = []
    monkeypatch.setattr("crm.wake.now", lambda task: woken.append(task) or True)
    broke_off(minutes_ago=10)

    assert tasks.run_again() == 1
    assert woken == [NAME]


def test_a_record_that_cannot_be_written_stops_no_job():
    def away(*_: object) -> None:
        raise OperationalError("the server is gone")

    with connection.execute_wrapper(away):
        assert count(things=5) == 5


def test_the_last_runs_of_each_outcome_are_kept_and_failures_push_out_no_success():
    with recorded(NAME) as run:
        run.done = 1
    for _ in range(job_runs.KEPT + 3):
        with pytest.raises(ZeroDivisionError), recorded(NAME):
            raise ZeroDivisionError

    assert JobRun.objects.filter(outcome=Outcome.FAILED).count() == job_runs.KEPT
    assert JobRun.objects.filter(outcome=Outcome.DONE).count() == 1


def test_every_scheduled_job_but_the_sign_of_life_keeps_how_it_went():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    kept = {name for name in scheduled if isinstance(current_app.tasks[name], Recorded)}

    assert scheduled - kept == {"crm.beat"}
