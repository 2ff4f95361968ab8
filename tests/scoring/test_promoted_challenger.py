"""A challenger in the ledger's own life: it wins, scores with exact reasons, and gives way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import timezone

from crm.models import Assessment, Interaction, Lead
from scoring import active, artifacts, originals, promotions, runs, services
from scoring.blend import Learner
from scoring.models import Promotion, TrainedModel
from scoring.scorecard import LOG_ODDS_PER_POINT
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ACCOUNTS, ENOUGH = 60, 560


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def replies_after(lead: Lead, days: float) -> list[Interaction]:
    """Return four calls of a lead whose client takes so many days to reply."""
    moments = [lead.opened_at + timedelta(days=3 * step) for step in range(4)]
    return [
        Interaction(
            lead=lead,
            kind=Interaction.Kind.CALL,
            happened_at=moment,
            recorded_at=moment,
            response_latency_days=round(days, 1),
        )
        for moment in moments
    ]


def a_stepped_ledger(count: int = ENOUGH) -> None:
    """Log leads, one every two days, that end well below a reply time and badly above it."""
    rng = np.random.default_rng(3)
    accounts, owner, now = AccountFactory.create_batch(ACCOUNTS), UserFactory(), timezone.now()
    days = rng.uniform(0, 20, count)
    lost = rng.random(count) < np.where(days < 16, 0.25, 0.85)
    leads = []
    for n in range(count):
        opened = now - timedelta(days=40 + 2 * (count - n))
        leads.append(
            LeadFactory.build(
                account=accounts[n % ACCOUNTS],
                owner=owner,
                ledger_id=f"L{n}",
                opened_at=opened,
                recorded_at=opened,
                closed_at=opened + timedelta(days=25),
                outcome=Lead.Outcome.NO_DECISION if lost[n] else Lead.Outcome.WON,
                outcome_recorded_at=opened + timedelta(days=25),
            )
        )
    Lead.objects.bulk_create(leads)
    met = [
        each for lead, wait in zip(leads, days, strict=True) for each in replies_after(lead, wait)
    ]
    Interaction.objects.bulk_create(met)


def a_running_lead(days: float) -> Lead:
    lead = LeadFactory(opened_at=timezone.now() - timedelta(days=20))
    Interaction.objects.bulk_create(replies_after(lead, days))
    return lead


def assessment_of(lead: Lead) -> Assessment:
    now = timezone.now()
    for _ in runs.score([lead.pk], as_of=now, now=now):
        pass
    return Assessment.objects.filter(lead=lead, target="NO_ORDER").latest("as_of")


def in_use() -> TrainedModel | None:
    found = active.in_use("NO_ORDER", as_of=timezone.now())
    return found.model if found else None


def test_a_challenger_that_wins_scores_with_reasons_and_gives_way_to_a_person() -> None:
    a_stepped_ledger()
    said: list[str] = []

    promotion = services.train(target="NO_ORDER", now=timezone.now(), say=said.append).promotion
    slow, quick = assessment_of(a_running_lead(19)), assessment_of(a_running_lead(9))

    model = promotion.model
    assert promotion.decision == Promotion.Decision.PROMOTED
    assert model is not None
    assert model == in_use()
    assert model.learner == Learner.BOOSTED
    contest = promotion.numbers["contest"]
    assert [row["learner"] for row in contest["rows"] if row["is_promoted"]] == ["BOOSTED"]
    assert contest["leads"] >= 40
    assert slow.scorer_version == model.version
    assert model.version.endswith("-steps")
    assert slow.probability is not None
    assert quick.probability is not None
    assert slow.probability > quick.probability + 0.3
    _adds_up(slow)
    assert max(slow.reasons, key=lambda reason: reason["points"])["code"] == "N09"
    assert "comparing it with its challengers" in said

    promotions.return_to_points(target="NO_ORDER", by=UserFactory(), now=timezone.now())
    assert in_use() is None
    promotions.return_to(model=model, by=UserFactory(), now=timezone.now())
    assert in_use() == model


def _adds_up(score: Assessment) -> None:
    """Assert that the reasons and the start are the log-odds."""
    found = active.in_use("NO_ORDER", as_of=timezone.now())
    assert found is not None
    assert score.probability is not None
    start = found.blend.start(np.array([score.base_rate]))[0]
    points = sum(reason["points"] for reason in score.reasons)
    odds = np.log(score.probability / (1 - score.probability))
    assert odds == pytest.approx(start + LOG_ODDS_PER_POINT * points, abs=1e-9)
    assert score.points == pytest.approx(points)


def test_its_record_is_kept_and_a_lost_one_stops_no_score() -> None:
    a_stepped_ledger()
    model = services.train(target="NO_ORDER", now=timezone.now()).promotion.model
    assert model is not None
    lead = a_running_lead(19)

    record = originals.load(model.original_sha256, artifacts.folder())
    artifacts.path_of(model.original_sha256, artifacts.folder(), ending=originals.ENDING).unlink()

    assert record.n_features_in_ > 1
    assert assessment_of(lead).scorer_version == model.version


def test_the_champion_is_learned_anew_in_its_own_way_and_a_damaged_one_gives_way() -> None:
    a_stepped_ledger()
    earlier = timezone.now() - timedelta(days=1)
    first = services.train(target="NO_ORDER", now=earlier).promotion.model
    second = services.train(target="NO_ORDER", now=timezone.now()).promotion
    assert first is not None
    assert second.model is not None
    champions = [row for row in second.numbers["contest"]["rows"] if row["is_champion"]]
    assert [row["learner"] for row in champions] == ["BOOSTED"]
    assert second.model.learner == Learner.BOOSTED

    artifacts.path_of(second.model.sha256, artifacts.folder()).write_bytes(b"half of it")
    active._read.cache_clear()

    found = active.in_use("NO_ORDER", as_of=timezone.now())
    assert found is not None
    assert found.stands_in
    assert found.model == first
    assert services.train_if_due(target="NO_ORDER", now=timezone.now())
    whole = active.in_use("NO_ORDER", as_of=timezone.now())
    assert whole is not None
    assert not whole.stands_in


def test_the_command_says_who_won() -> None:
    a_stepped_ledger()
    plain = StringIO()
    call_command("train", stdout=plain)
    out = StringIO()
    call_command("train", "--json", stdout=out)

    assert "own data in steps, beside experience" in plain.getvalue()
    said = json.loads(out.getvalue())
    assert said["learner"] == "BOOSTED"
    assert said["numbers"]["contest"]["leads"] >= 40
