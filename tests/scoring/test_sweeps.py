"""Work that may come twice, overlap or die, and loses nothing."""

import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from crm.models import Assessment, Lead
from crm.services import assessments, leads
from scoring import sweeps, tasks
from scoring.models import JobLock
from tests.factories import MONDAY, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def marked(count: int = 1) -> list[Lead]:
    found = LeadFactory.create_batch(count)
    leads.mark_for_scoring([lead.pk for lead in found], now=timezone.now() - timedelta(seconds=1))
    return found


def test_a_sweep_scores_the_marked_leads_and_takes_their_marks_away():
    first, second = marked(2)
    LeadFactory()

    tasks.score_due()

    assert set(Assessment.objects.values_list("lead", flat=True)) == {first.pk, second.pk}
    assert not Lead.objects.filter(assessment_due_at__isnull=False).exists()


def test_a_mark_set_while_its_lead_is_scored_stays():
    lead = marked()[0]
    read = assessments.due(now=timezone.now(), limit=10)
    leads.mark_for_scoring([lead.pk], now=timezone.now())

    assessments.clear_marks(read, as_of=timezone.now())

    lead.refresh_from_db()
    assert lead.assessment_due_at is not None


def test_a_mark_that_was_set_before_but_committed_later_stays_too():
    lead = marked()[0]
    read = assessments.due(now=timezone.now(), limit=10)
    leads.mark_for_scoring([lead.pk], now=read[lead.pk] - timedelta(seconds=5))

    assessments.clear_marks(read, as_of=timezone.now())

    lead.refresh_from_db()
    assert lead.assessment_due_at is not None


def test_a_marked_lead_that_is_closed_loses_its_mark_and_gets_no_score():
    lead = marked()[0]
    Lead.objects.filter(pk=lead.pk).update(
        closed_at=MONDAY, outcome="LOST", outcome_recorded_at=MONDAY
    )

    assert sweeps.score_due(limit=10) == 1

    assert not Assessment.objects.exists()
    assert not Lead.objects.filter(assessment_due_at__isnull=False).exists()


def test_a_sweep_works_in_bites_until_nothing_is_left():
    marked(5)

    assert sweeps.score_due(limit=2) == 5


def test_a_second_sweep_gives_way_and_a_dead_ones_lease_ends():
    marked()
    JobLock.objects.create(
        name="score_due", owner="another", lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert sweeps.score_due(limit=10) == 0

    JobLock.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeps.score_due(limit=10) == 1


def test_a_failed_run_gives_the_job_back(monkeypatch: pytest.MonkeyPatch):
    marked()

    def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(sweeps.runs, "score", fails)
    with pytest.raises(OSError, match="disk full"):
        sweeps.score_due(limit=10)

    assert JobLock.objects.get().lease_until <= timezone.now()
    assert Lead.objects.filter(assessment_due_at__isnull=False).exists()


def test_the_nightly_run_scores_all_open_leads():
    lead = LeadFactory()
    InteractionFactory(lead=lead)

    tasks.score_open_leads()

    assert Assessment.objects.get().lead == lead


@pytest.mark.django_db(transaction=True)
def test_a_child_forked_after_importing_the_tasks_scores_a_lead(tmp_path: Path):
    """Polars hangs in a child whose parent ran it: importing the tasks must not."""
    program = textwrap.dedent(
        """
        import os, signal, sys
        import django
        django.setup()
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
        from celery.signals import worker_process_init
        from scoring import tasks
        assert "polars" not in sys.modules, "importing the tasks loaded polars"
        from scoring import features, marks, receivable, scorecard
        from tests.factories import InteractionFactory
        from crm.models import Assessment, Lead
        from django.db import connections
        from django.utils import timezone
        InteractionFactory()
        Lead.objects.update(assessment_due_at=timezone.now())
        connections.close_all()
        child = os.fork()
        if not child:
            signal.alarm(40)
            worker_process_init.send(sender=None)
            assert "scoring.runs" in sys.modules, "a worker's process starts cold"
            tasks.score_due()
            os._exit(0 if Assessment.objects.count() == 1 else 3)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }

    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, timeout=120, check=False
    )

    assert ended.returncode == 0
