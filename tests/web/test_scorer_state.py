"""The score page's word on the scorer: what runs, what stands in and who challenged it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm import scorer_words
from crm.models import User
from crm.selectors import scorer
from scoring import active, artifacts
from scoring.models import JobLock, ModelCard
from tests.factories import AssessmentFactory, LeadFactory
from tests.web.test_score_page import a_version, a_whole_version, promoted, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def an_outcome() -> None:
    """Close a lead, so that the page has something to say."""
    LeadFactory(closed_at=timezone.now(), outcome="LOST", outcome_recorded_at=timezone.now())
    ModelCard.objects.create(target="NO_ORDER", computed_at=timezone.now(), facts={"n": 0})


def row(learner: str, **facts: Any) -> dict[str, Any]:
    return {
        "learner": learner,
        "log_loss": 0.51,
        "slope": 1.0,
        "auc": 0.72,
        "wins": None,
        "is_champion": False,
        "is_promoted": False,
        **facts,
    }


def a_contest(*challengers: dict[str, Any]) -> dict[str, Any]:
    champion = row("BLEND", is_champion=True)
    return {"contest": {"leads": 212, "rows": [champion, *challengers]}}


def test_the_contest_is_told_with_its_numbers_and_why_each_lost(client: Client, founder: User):
    an_outcome()
    numbers = a_contest(
        row("LINE", wins=0.62, log_loss=0.508), row("BOOSTED", wins=0.95, slope=0.52)
    )
    promoted(a_whole_version("blend"), numbers=numbers)

    page = text(client)

    assert "Who challenges the scorer?" in page
    assert "the same 212 later leads" in page
    assert "Own data in steps, beside experience" in page
    assert "not better beyond doubt" in page
    assert "its chances are too bold" in page
    assert "62%" in page


def test_a_winner_is_named_where_it_says_who_scores(client: Client, founder: User):
    an_outcome()
    model = a_whole_version("steps", learner="BOOSTED")
    promoted(model, numbers=a_contest(row("BOOSTED", wins=0.97, is_promoted=True)))

    page = text(client)

    assert "your data count in steps" in page
    assert f"points version 1, learned version {model.sha256[:8]} in steps" in page
    assert "<b>put to use</b>" in page


def test_own_data_alone_are_said_to_leave_the_points_out(client: Client, founder: User):
    an_outcome()
    model = a_whole_version("alone", learner="LINE", share=1.0)
    promoted(model, numbers={"outcomes": {"deals": 240, "positives": 130, "negatives": 110}})
    AssessmentFactory(scorer_version=model.version, outcomes_count=240)

    page = text(client)
    assert "own data did better without the expert points" in page
    assert "Weight of your data" not in page
    stands_on = scorer.at(timezone.now())
    assert stands_on.is_alone
    said = scorer_words.status(
        outcomes=stands_on.outcomes, is_learned=stands_on.is_learned, is_alone=stands_on.is_alone
    )
    assert said == "Scores: learned from 240 of your closed leads, expert points left out."


def test_a_damaged_version_is_said_with_what_stands_in(client: Client, founder: User):
    an_outcome()
    earlier, newest = a_whole_version("earlier"), a_whole_version("newest")
    promoted(earlier)
    promoted(newest)
    assert "missing, damaged" not in text(client)

    artifacts.path_of(newest.sha256, artifacts.folder()).write_bytes(b"half of it")
    assert f"learned version {earlier.sha256[:8]}, trained" in text(client)

    artifacts.path_of(earlier.sha256, artifacts.folder()).unlink()
    page = text(client)
    assert "missing, damaged" in page
    assert "Expert points score alone in its place." in page


@pytest.mark.parametrize("stored", [b'{"format": 2}', b"[]", b"no JSON"])
def test_a_version_of_another_release_is_not_said_to_score(
    client: Client, founder: User, stored: bytes
):
    an_outcome()
    promoted(a_version(sha256=artifacts.write(stored, artifacts.folder())))

    assert active.in_use("NO_ORDER", as_of=timezone.now()) is None
    assert "of another release. Expert points score alone in its place." in text(client)


def test_a_training_at_work_is_shown_with_its_step_until_it_ends(client: Client, founder: User):
    an_outcome()
    now = timezone.now()
    job = JobLock.objects.create(
        name="train", owner="a run", lease_until=now + timedelta(minutes=2), step="JUDGING"
    )

    assert "step 3 of 5: judging it on later leads" in text(client)

    JobLock.release(job.name, owner=job.owner, now=now)
    assert "A training is at work" not in text(client)
    assert "The training has ended." in text(client, query="?watched=1")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("points-2+80aba0ab-steps", "points version 2, learned version 80aba0ab in steps"),
        ("points-2+80aba0ab-alone", "learned version 80aba0ab alone"),
        ("points-2+80aba0ab", "points version 2, learned version 80aba0ab"),
        ("points-2-alone", "points-2-alone"),
    ],
)
def test_a_version_is_named_by_how_it_learned(version: str, words: str):
    assert scorer_words.version(version) == words
