"""What holds while worker or broker are away: pages work, and nothing is lost."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm import wake
from crm.demo import load
from crm.models import Assessment, Lead, Target, User
from crm.services.leads import SCORE_TASK
from scoring.models import JobLock
from tests.conftest import until
from tests.factories import AccountFactory, LeadFactory, UserFactory

PATIENCE = 3.0  # seconds that a page may lose to a broker that is away
TALK = {
    "kind": "ONLINE_MEETING",
    "initiated_by": "CLIENT",
    "asks": ["SOLUTION_DOC"],
    "budget_holder": "no",
    "next": "+7",
    "hours": "1.5",
}
StartWorker = Callable[[], subprocess.Popen[bytes]]


def marked() -> int:
    return Lead.objects.exclude(assessment_due_at=None).count()


def job_is_held() -> bool:
    return JobLock.objects.filter(name="score_due", lease_until__gt=timezone.now()).exists()


def test_a_worker_that_is_killed_in_mid_job_loses_no_score(start_worker: StartWorker) -> None:
    load.load(leads=300, seed=1, until=timezone.now())
    all_marked = marked()
    doomed = start_worker()

    wake.now(SCORE_TASK)
    until(job_is_held, "the job's beginning")
    os.killpg(doomed.pid, signal.SIGKILL)
    doomed.wait()

    assert marked() == all_marked > 0
    # The dead run's lease ends by itself; the sweep of the next minute finds the marks.
    JobLock.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    start_worker()
    wake.now(SCORE_TASK)
    until(lambda: marked() == 0, "the scores", seconds=60)
    scores = Assessment.objects.filter(target=Target.NO_ORDER).values("lead")
    assert scores.count() == all_marked
    assert not scores.annotate(times=Count("pk")).filter(times__gt=1).exists()


@pytest.mark.django_db(transaction=True)
def test_pages_work_without_a_broker_and_say_what_waits(client: Client) -> None:
    founder = UserFactory(role=User.Role.FOUNDER)
    lead = LeadFactory(account=AccountFactory(), owner=founder)
    client.force_login(founder)

    started = time.monotonic()
    answer = client.post(f"{reverse('log')}?lead={lead.pk}", TALK | {"token": str(uuid4())})
    seconds = time.monotonic() - started

    assert answer.status_code == 302
    assert lead.interactions.count() == 1
    assert seconds < PATIENCE
    assert marked() == 1
    for page in (reverse("today"), reverse("lead-list"), reverse("lead-detail", args=[lead.pk])):
        shown = client.get(page).content.decode()
        assert "Background work is waiting: 1 score. Nothing is lost" in shown
