"""What founders are told of background work: true, in words, and with what to do about it."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as shipped
from django.urls import reverse
from django.utils import timezone

from config import job_page, job_parts, job_words, jobs
from crm import recorded as recorded_module
from crm.models import DealCash, Digest, ForecastMark, Heartbeat, JobRun
from crm.recorded import Recorded
from crm.selectors import background, health
from crm.services import job_runs
from scoring import cash_runs, services, sweeps
from scoring.models import JobLock
from scoring.tasks import train
from tests.factories import LeadFactory, PaymentTermsFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]
PAGE, RUN = reverse("firm-jobs"), reverse("firm-job-run")
Outcome = JobRun.Outcome
FAR_AWAY = timedelta(days=9)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def broker_answers(monkeypatch) -> list[str]:
    """Let the broker take each message and count none; return the tasks that it took."""
    taken: list[str] = []
    monkeypatch.setattr(health, "messages", lambda: 0)
    monkeypatch.setattr("crm.wake.now", lambda task, **facts: taken.append(task) or True)
    return taken


def all_alive(now) -> None:
    for name in ("beat", "worker", "mailer"):
        Heartbeat.objects.create(name=name, beat_at=now)


def ran(name: str, *, at, outcome=Outcome.DONE, **facts) -> JobRun:
    """Keep a run of a job that took two seconds."""
    end = None if outcome == Outcome.RUNNING else at + timedelta(seconds=2)
    return JobRun.objects.create(
        name=name,
        started_at=at,
        ended_at=end,
        lease_until=at + job_runs.LEASE,
        outcome=outcome,
        **facts,
    )


def backed_up(at, **facts) -> JobRun:
    told = {"file": "/elsewhere/touchstone-1.tar.gz", "bytes": 13_136_819, "verified": True}
    return ran(jobs.BACKUP, at=at, facts=told | facts)


def told(now) -> SimpleNamespace:
    """Return the page with its parts and rows by name."""
    page = job_page.page(now=now)
    return SimpleNamespace(
        page=page,
        parts={part.key: part for part in page.parts},
        rows={row.job.task: row for row in page.rows},
        waits={wait.name: wait for wait in page.waits},
    )


def test_where_all_is_well_the_page_says_so_and_asks_for_nothing(
    client, founder, now, broker_answers
):
    all_alive(now)
    backed_up(now - timedelta(hours=20))

    shown = client.get(PAGE).content.decode()

    assert "All is well. Nothing to do." in shown
    assert "13.1 MB, looked through" in shown
    assert "/elsewhere/touchstone-1.tar.gz" in shown


def test_before_anything_ran_the_page_says_what_will_come(client, founder, broker_answers):
    shown = client.get(PAGE).content.decode()

    assert "did not run yet" in shown
    assert "One is made each night at 03:30" in shown
    assert "Nothing failed of late." in shown


def test_the_headline_says_no_more_than_the_worst_line(client, founder, now, broker_answers):
    all_alive(now)
    ran("scoring.train", at=now - timedelta(hours=2))  # and no backup yet

    shown = client.get(PAGE).content.decode()

    assert "All is well" not in shown
    assert "Nothing is wrong, but not all is there yet." in shown
    assert '<a href="#backup">Backup: none yet</a>' in shown


def test_htmx_gets_the_part_that_changes_alone(client, founder, broker_answers):
    shown = client.get(PAGE, headers={"HX-Request": "true"}).content.decode().strip()

    assert shown.startswith('<div id="jobs-now"')
    assert "<html" not in shown


def test_a_dead_worker_is_told_from_a_dead_clock(now, broker_answers):
    all_alive(now)
    Heartbeat.objects.filter(name="worker").update(beat_at=now - FAR_AWAY)
    parts = told(now).parts
    assert [parts["beat" if key == "clock" else key].level for key in ("worker", "mailer")] == [
        "bad",
        "well",
    ]
    assert "The clock is alive" in parts["worker"].to_do

    Heartbeat.objects.update(beat_at=now - FAR_AWAY)
    parts = told(now).parts
    assert [parts[key].level for key in ("clock", "worker", "mailer")] == ["bad"] + 2 * ["unsure"]
    assert "9 days ago" in parts["clock"].fact


def test_without_a_broker_it_alone_is_to_blame(now, monkeypatch):
    monkeypatch.setattr(health, "messages", lambda: None)
    all_alive(now - FAR_AWAY)

    parts = told(now).parts

    assert {parts[key].to_do for key in ("clock", "worker", "mailer")} == {
        "It waits for the message broker; see there."
    }
    looks = [words for _, words in told(now).page.looks]
    assert looks == ["Message broker: does not answer"]


@pytest.mark.parametrize(
    ("free", "level"), [(10**9, "well"), (4 * 10**8, "unsure"), (10**7, "bad")]
)
def test_a_disk_that_fills_up_is_said_with_its_numbers(free, level):
    part = job_parts.disk(health.Disk(free=free, total=10**11))

    assert part.level == level
    assert job_words.size(free) in part.fact
    assert bool(part.to_do) == (level != "well")


def test_what_runs_is_said_with_its_step_and_since_when(now, broker_answers):
    job = sweeps.Job("train")
    job.begin(JobLock.Step.JUDGING)
    ran(jobs.BACKUP, at=now - timedelta(minutes=1), outcome=Outcome.RUNNING)

    training, backup = told(timezone.now()).page.running

    assert training.title == "Learning from outcomes"
    assert training.step == "step 3 of 5: judging it on later leads"
    assert training.since
    assert backup.title == "Backup"


def test_a_job_whose_process_died_is_said_to_be_lost(now, broker_answers):
    JobLock.take("score_due", owner="dead", now=now - timedelta(hours=1), lease=sweeps.LEASE)
    ran("scoring.train", at=now - timedelta(hours=2), outcome=Outcome.RUNNING)

    found = told(now)

    assert [one.lost != "" for one in found.page.running] == [True]
    assert "broke off" in str(found.page.failures[0].trouble.happened)
    assert found.rows["scoring.train"].is_failing


def test_what_waits_is_counted_in_the_database(now, broker_answers):
    LeadFactory(assessment_due_at=now - timedelta(minutes=40))
    LeadFactory(assessment_due_at=now - timedelta(minutes=1))
    DealCash.objects.create(terms=PaymentTermsFactory(), due_at=now)
    ForecastMark.objects.create(asked_at=now)
    later = now + timedelta(minutes=5)
    for next_try_at in (now, later):
        Digest.objects.create(
            recipient=UserFactory(), period="2026-W48", due_at=now, next_try_at=next_try_at
        )

    waits = told(now).waits

    assert {name: wait.count for name, wait in waits.items()} == {
        "Leads to score": 2,
        "Cash curves to draw": 1,
        "Bills and payments to foresee anew": 1,
        "Mails to send": 1,
        "Mails put off by the mail server": 1,
    }
    assert [waits[name].takes_long for name in ("Leads to score", "Mails to send")] == [True, False]
    assert waits["Mails put off by the mail server"].until == job_words.moment(later, now=now)


def test_a_failure_is_told_in_words_until_a_later_run_goes_well(now, broker_answers):
    all_alive(now)
    backed_up(now - timedelta(hours=30))
    ran(jobs.BACKUP, at=now - timedelta(hours=6), outcome=Outcome.FAILED, error="NoRoom")
    found = told(now)
    assert found.page.looks == [("failed", "Backup failed")]
    assert "too little space" in str(found.page.failures[0].trouble.happened)

    backed_up(now - timedelta(hours=1))

    found = told(now)
    assert found.page.looks == []
    assert found.page.failures[0].is_over


def test_an_unknown_error_is_named_by_kind_and_place(now):
    run = ran("scoring.train", at=now, outcome=Outcome.FAILED, error="KeyError", place="a.py:7")

    assert str(job_words.trouble(run).happened) == "An error in the program (KeyError, a.py:7)."


def test_a_sweep_that_finds_nothing_counts_as_well_and_a_silent_one_is_late(now, broker_answers):
    all_alive(now)
    backed_up(now)
    Heartbeat.objects.create(name="scoring.score_due", beat_at=now - timedelta(minutes=1))
    assert told(now).page.looks == []

    Heartbeat.objects.filter(name="scoring.score_due").update(beat_at=now - timedelta(minutes=11))

    assert told(now).page.looks == [("jobs", "Scores of changed leads is late")]


def test_each_job_says_how_long_it_took_and_when_it_comes_next(now, broker_answers):
    ran("scoring.score_open_leads", at=now - timedelta(hours=3), done=120)

    rows = told(now).rows

    row = rows["scoring.score_open_leads"]
    assert (row.took, row.counted, str(row.job.counted)) == ("2 s", 120, "leads with a new score")
    assert row.next.endswith("02:30")
    assert rows["scoring.score_due"].every == "each minute"


@pytest.mark.parametrize(
    ("age", "level", "word"),
    [(timedelta(hours=47), "well", "made"), (timedelta(hours=49), "bad", "old")],
)
def test_a_backup_is_old_after_two_days(now, age, level, word):
    part = job_parts.backup([backed_up(now - age)], now=now)

    assert (part.level, part.word) == (level, word)


def test_a_missing_backup_is_no_trouble_before_the_second_night(now):
    ran("scoring.train", at=now - timedelta(hours=40))
    fresh = job_parts.backup(JobRun.objects.all(), now=now)
    ran("scoring.train", at=now - timedelta(hours=49))

    late = job_parts.backup(JobRun.objects.all(), now=now)

    assert [(part.level, part.is_minor) for part in (fresh, late)] == [
        ("unsure", True),
        ("bad", False),
    ]


def test_a_backup_on_the_disk_of_the_data_or_gone_is_said(now, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    file = tmp_path / "touchstone-1.tar.gz"
    assert "not there any more" in job_parts.backup([backed_up(now, file=str(file))], now=now).to_do

    file.touch()

    part = job_parts.backup([backed_up(now, file=str(file))], now=now)
    assert "disk of the data" in part.to_do
    assert part.is_well


def test_backups_that_are_left_to_others_are_no_trouble(now, settings):
    settings.BACKUP_KEEP = 0

    assert job_parts.backup([], now=now).is_well


def test_mails_that_nobody_knows_of_lead_to_their_page(client, founder, now, broker_answers):
    Digest.objects.create(
        recipient=UserFactory(),
        period="2026-W48",
        due_at=now,
        next_try_at=now,
        status=Digest.Status.UNKNOWN,
    )

    shown = client.get(PAGE).content.decode()

    assert "Mails that failed or may be lost" in shown
    assert reverse("digest-look") in shown


@pytest.mark.parametrize("job", [job for job in jobs.JOBS if job.starts], ids=lambda job: job.task)
def test_each_button_asks_for_its_job(client, founder, now, broker_answers, job):
    all_alive(now)

    answer = client.post(RUN, {"task": job.task}, follow=True)

    assert broker_answers == [job.task]
    assert f"{job.title}: queued. It begins when a worker is free." in answer.content.decode()


def test_the_button_to_learn_asks_for_it_whether_or_not_it_is_due(client, founder, monkeypatch):
    told = []
    monkeypatch.setattr(
        "crm.wake.now", lambda task, queue, **facts: told.append((task, facts)) or True
    )

    client.post(RUN, {"task": "scoring.train"})

    assert told == [("scoring.train", {"is_asked": True})]


def test_a_button_says_honestly_what_a_silent_worker_means(client, founder, broker_answers):
    answer = client.post(RUN, {"task": "scoring.train"}, follow=True)

    assert "runs at its next time" in answer.content.decode()


def test_a_button_says_that_a_broker_is_away(client, founder):
    answer = client.post(RUN, {"task": "scoring.train"}, follow=True)

    assert "nothing could be queued" in answer.content.decode()


def test_a_job_that_runs_is_not_asked_for_again(client, founder, now, broker_answers):
    JobLock.take("train", owner="me", now=now, lease=sweeps.LEASE)
    ran(jobs.BACKUP, at=now, outcome=Outcome.RUNNING)

    for task in ("scoring.train", jobs.BACKUP):
        assert "it runs already" in client.post(RUN, {"task": task}, follow=True).content.decode()

    assert broker_answers == []


def test_both_workers_can_be_asked_for_a_sign_of_life(client, founder, broker_answers):
    client.post(RUN, {"task": jobs.SIGN_OF_LIFE})

    assert broker_answers == [jobs.SIGN_OF_LIFE] * len(health.WORKERS)


@pytest.mark.parametrize("task", ["", "scoring.score_due", "os.system"])
def test_nothing_but_these_can_be_started(client, founder, broker_answers, task):
    assert client.post(RUN, {"task": task}).status_code == 400
    assert broker_answers == []


def test_the_page_costs_the_same_whatever_ran(client, founder, now, broker_answers, count_queries):
    all_alive(now)
    quiet = count_queries(lambda: client.get(PAGE))
    for hour in range(3):
        for job in jobs.JOBS:
            ran(job.task, at=now - timedelta(hours=hour), outcome=Outcome.FAILED, error="KeyError")
            LeadFactory(assessment_due_at=now)

    assert count_queries(lambda: client.get(PAGE)) == quiet
    assert quiet <= 12


def test_every_scheduled_job_has_words_and_locks_are_the_ones_that_jobs_take():
    scheduled = {entry["task"] for entry in shipped.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(jobs.by_task()) == {jobs.SIGN_OF_LIFE}
    locks = {"score_due", "score_open_leads", services.JOB, cash_runs.JOB, cash_runs.FORECAST_JOB}
    assert locks <= {job.lock for job in jobs.JOBS}
    assert isinstance(train, Recorded)
    assert Path(shipped.BACKUP_DIR).is_relative_to(shipped.DATA_DIR)


def test_pages_say_that_work_waits_only_where_nobody_is_at_it_or_coming_up(client, founder, now):
    LeadFactory(assessment_due_at=now - timedelta(minutes=1))
    beat = Heartbeat.objects.create(name="worker", beat_at=now - timedelta(minutes=3))
    today = reverse("today")
    assert "Background work is waiting" in client.get(today).content.decode()

    start = Heartbeat.objects.create(name=background.START, beat_at=now)
    assert "Background work is" not in client.get(today).content.decode()
    start.delete()
    recorded_module._note_life(JobRun(), "worker")  # as a busy worker does twice a minute

    assert "Background work is" not in client.get(today).content.decode()
    beat.refresh_from_db()
    assert beat.beat_at > now - timedelta(minutes=1)
