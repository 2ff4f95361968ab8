"""Training, backtests and promotions from the ledger."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.models import Assessment, Interaction, Lead
from crm.reason_texts import text
from scoring import active, artifacts, numbers, own_past, promotions, runs, services, sweeps, tasks
from scoring.models import Promotion, TrainedModel
from tests.factories import InteractionFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def a_closed_lead(days_ago: int, *, won: bool, budget: str) -> Lead:
    """Return a lead of which the budget says how it ended."""
    opened = timezone.now() - timedelta(days=days_ago)
    closed = opened + timedelta(days=25)
    lead = LeadFactory(
        opened_at=opened,
        closed_at=closed,
        outcome=Lead.Outcome.WON if won else Lead.Outcome.NO_DECISION,
        outcome_recorded_at=closed,
    )
    talks(lead, budget)
    return lead


def talks(lead: Lead, budget: str, *, count: int = 4) -> None:
    for step in range(count):
        InteractionFactory(
            lead=lead,
            happened_at=lead.opened_at + timedelta(days=step * 3),
            recorded_at=lead.opened_at + timedelta(days=step * 3),
            budget_stage=budget,
            kind=Interaction.Kind.CALL,
        )


def a_past(count: int = 40, *, turns: bool = False) -> None:
    """Log leads one every four days whose budget says how they end, or the contrary later on."""
    for n in range(count):
        won = n % 3 == 0
        has_budget = won != (turns and n > count / 4)
        a_closed_lead(
            40 + 4 * (count - n), won=won, budget="APPLIED" if has_budget else "NO_BUDGET"
        )


def a_running_lead() -> Lead:
    lead = LeadFactory(opened_at=timezone.now() - timedelta(days=20))
    talks(lead, "APPLIED")
    return lead


def assessment_of(lead: Lead) -> Assessment:
    now = timezone.now()
    for _ in runs.score([lead.pk], as_of=now, now=now):
        pass
    return Assessment.objects.filter(lead=lead, target="NO_ORDER").latest("as_of")


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_a_training_that_is_proven_scores_the_running_leads() -> None:
    a_past()
    lead = a_running_lead()
    before = assessment_of(lead)

    said = json.loads(run("train", "--json"))
    after = assessment_of(lead)

    assert said["decision"] == "PROMOTED"
    assert said["outcomes"] == {"deals": 40, "positives": 26, "negatives": 14}
    assert said["share"] == pytest.approx(28 / 78)
    assert before.scorer_version == "points-1"
    assert after.scorer_version == said["version"]
    assert after.probability is not None
    assert before.probability is not None
    assert after.probability < before.probability
    assert after.points == pytest.approx(sum(reason["points"] for reason in after.reasons))


def test_every_reason_of_a_learned_score_has_its_sentence() -> None:
    a_past()
    services.train(target="NO_ORDER", now=timezone.now())

    reasons = assessment_of(a_running_lead()).reasons

    assert any(reason["code"].startswith("N") for reason in reasons)
    assert all(text(reason) != reason["code"] for reason in reasons)


def test_each_learned_number_has_a_sentence_for_its_value() -> None:
    for feature in numbers.NUMBERS:
        reason = {"code": feature.reason_code, "points": 1.0, "params": {feature.says: 3}}
        assert text(reason) != feature.reason_code


def test_too_few_outcomes_leave_experience_in_use() -> None:
    a_past(9)

    said = run("train")

    assert "Too few to learn from" in said
    assert Promotion.objects.get().decision == Promotion.Decision.TOO_FEW
    assert not TrainedModel.objects.exists()
    assert assessment_of(a_running_lead()).scorer_version == "points-1"


def test_what_does_not_beat_the_usual_rate_is_refused_and_says_so() -> None:
    a_past(72, turns=True)

    said = run("train")

    assert "is not used" in said
    promotion = Promotion.objects.get()
    assert promotion.decision == Promotion.Decision.REFUSED
    assert promotion.numbers["withdraws"]
    assert promotion.numbers["leads"] >= 40
    assert assessment_of(a_running_lead()).scorer_version == "points-1"


def test_a_score_of_the_past_knows_no_later_training() -> None:
    a_past()
    services.train(target="NO_ORDER", now=timezone.now())

    assert active.in_use("NO_ORDER", as_of=timezone.now()) is not None
    assert active.in_use("NO_ORDER", as_of=timezone.now() - timedelta(hours=1)) is None


def test_a_damaged_version_gives_way_to_the_last_good_one() -> None:
    a_past()
    services.train(target="NO_ORDER", now=timezone.now() - timedelta(days=1))
    a_closed_lead(60, won=True, budget="APPLIED")
    services.train(target="NO_ORDER", now=timezone.now())
    newest, earlier = TrainedModel.objects.all()
    artifacts.path_of(newest.sha256, active.folder()).write_bytes(b"half of it")

    found = active.in_use("NO_ORDER", as_of=timezone.now())

    assert found is not None
    assert found.stands_in
    assert found.model == earlier
    assert assessment_of(a_running_lead()).scorer_version == earlier.version


def test_without_any_good_version_the_points_score() -> None:
    a_past()
    services.train(target="NO_ORDER", now=timezone.now())
    for stored in active.folder().iterdir():
        stored.unlink()

    assert assessment_of(a_running_lead()).scorer_version == "points-1"


def test_a_person_may_return_to_an_earlier_version() -> None:
    a_past()
    services.train(target="NO_ORDER", now=timezone.now() - timedelta(days=1))
    a_closed_lead(60, won=True, budget="APPLIED")
    services.train(target="NO_ORDER", now=timezone.now() - timedelta(hours=1))
    earlier = TrainedModel.objects.last()
    founder = UserFactory()
    assert earlier is not None

    returned = promotions.return_to(model=earlier, by=founder, now=timezone.now())

    found = active.in_use("NO_ORDER", as_of=timezone.now())
    assert found is not None
    assert (found.model, found.stands_in) == (earlier, False)
    assert returned.decided_by == founder


def test_two_trainings_never_run_at_once() -> None:
    with sweeps.held(services.JOB):
        with pytest.raises(CommandError, match="Another training is at work"):
            run("train")
        tasks.train()

    assert not Promotion.objects.exists()


def test_a_training_is_due_after_a_week_or_five_outcomes() -> None:
    a_past(12)
    first = timezone.now() - timedelta(days=2)
    assert services.train_if_due(target="NO_ORDER", now=first)
    now = timezone.now()

    assert services.train_if_due(target="NO_ORDER", now=now) is None
    assert services.train_if_due(target="NO_ORDER", now=first + timedelta(days=7))
    for _ in range(5):
        lead = a_closed_lead(60, won=False, budget="NO_BUDGET")
        Lead.objects.filter(pk=lead.pk).update(outcome_recorded_at=now + timedelta(days=6))
    assert services.train_if_due(target="NO_ORDER", now=now + timedelta(days=6, hours=1))


def test_a_training_that_is_asked_for_is_due_and_has_running_leads_scored_anew() -> None:
    a_past()
    lead = a_running_lead()
    services.train(target="NO_ORDER", now=timezone.now())
    promotions.return_to_points(target="NO_ORDER", by=UserFactory(), now=timezone.now())
    Lead.objects.update(assessment_due_at=None)

    assert tasks.train(is_asked=True) == 2

    lead.refresh_from_db()
    assert lead.assessment_due_at is not None
    assert active.in_use("NO_ORDER", as_of=timezone.now()) is not None


def test_a_backtest_writes_a_row_for_each_later_lead(tmp_path: Path) -> None:
    a_past(60)
    out = tmp_path / "later.csv"

    said = json.loads(run("backtest", "--landmark", "interactions:4", "--out", str(out), "--json"))

    rows = pl.read_csv(out)
    assert rows.columns == [
        "lead_id",
        "as_of",
        "probability",
        "probability_points",
        "base_rate",
        "label",
        "trained_on",
    ]
    assert rows.height == 18
    assert set(rows["lead_id"]) <= set(Lead.objects.values_list("ledger_id", flat=True))
    assert said["landmark"] == "interactions:4"
    assert said["scorers"]["blend"]["n"] == 18
    assert said["scorers"]["blend"]["auc"]["value"] == 1
    assert rows["probability"].is_between(0, 1, closed="none").all()


def test_a_backtest_says_its_measures_in_lines() -> None:
    a_past(40)

    said = run("backtest", "--target", "free_consulting", "--landmark", "day:14")

    assert "12 later leads, trained on" in said
    assert "blend" in said
    assert "base_rate" in said
    assert "Name an earlier --landmark" in run("backtest", "--landmark", "interactions:500")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--landmark", "week:2"], "opening, day:14, interactions:4"),
        (["--landmark", "day:99999999999"], "opening, day:14, interactions:4"),
        (["--landmark", "interactions:0"], "opening, day:14, interactions:4"),
        (["--test-share", "1.5"], "Write a number such as 0.3"),
        ([], "holds no leads"),
    ],
)
def test_a_backtest_that_cannot_be_run_says_what_to_do(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as refused:
        run("backtest", *arguments)

    assert refused.value.returncode == 2


def test_a_training_that_cannot_be_kept_says_where_and_changes_nothing(settings: Any) -> None:
    a_past(12)
    settings.DATA_DIR.joinpath("models").write_text("no folder")

    with pytest.raises(CommandError, match=r"models: .+\. Nothing was changed"):
        run("train")

    assert not Promotion.objects.exists()
    assert run("backtest")


def test_leads_that_were_put_away_are_no_past() -> None:
    LeadFactory(archived_at=timezone.now())

    with pytest.raises(CommandError, match="holds no leads"):
        run("backtest")


def test_a_file_that_cannot_be_written_is_said_so() -> None:
    a_past(10)

    with pytest.raises(CommandError, match="cannot be written: No such file"):
        run("backtest", "--out", "/nowhere/later.csv")


def test_the_ledger_and_its_frames_tell_of_the_same_leads() -> None:
    a_past(12)

    later = own_past.read(timezone.now())

    assert later.leads.height == 12
    assert later.timeline.filter(source="INTERACTION").height == 48
    assert later.efforts.height == 48
    assert later.usual.get_column("orders").max() == 4
