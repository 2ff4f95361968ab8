"""The score page: who scores, how well, and a person's word on it."""

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Assessment, Lead, User
from scoring import active, artifacts, scorers, services, thresholds, titles
from scoring.blend import Blend
from scoring.models import ModelCard, Promotion, TrainedModel
from tests.factories import LeadFactory, UserFactory
from tests.scoring.test_services import a_past, a_running_lead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


@pytest.fixture
def trained(founder: User) -> Promotion:
    """A past of sixty closed leads from which a training has learned."""
    a_past(60)
    return services.train(target="NO_ORDER", now=timezone.now()).promotion


def a_version(**facts: Any) -> TrainedModel:
    """Return a version that was trained once."""
    known = {"sha256": "a" * 64, "deals": 30, "positives": 22, "negatives": 8, "share": 0.24}
    return TrainedModel.objects.create(
        target="NO_ORDER",
        points_version="points-1",
        trained_at=timezone.now(),
        **{**known, **facts},
    )


def a_whole_version(name: str, **facts: Any) -> TrainedModel:
    """Return a version whose file is there."""
    stored = Blend(target="NO_ORDER", points_version="1", trained_until=name).as_json()
    return a_version(sha256=artifacts.save(stored, artifacts.folder()), **facts)


def promoted(model: TrainedModel, **facts: Any) -> Promotion:
    return Promotion.objects.create(
        target="NO_ORDER",
        model=model,
        decision=Promotion.Decision.PROMOTED,
        decided_at=timezone.now(),
        **facts,
    )


def text(client: Client, name: str = "scores", query: str = "") -> str:
    return client.get(reverse(name) + query).content.decode()


@pytest.mark.parametrize("role", [User.Role.SELLER, User.Role.ACCOUNTANT, User.Role.VIEWER])
@pytest.mark.parametrize("name", ["scores", "score-backtest", "score-points"])
def test_only_founders_and_managers_read_it(client: Client, role: str, name: str):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse(name)).status_code == 403


def test_without_outcomes_it_says_so_and_shows_no_figure(client: Client, founder: User):
    page = text(client)

    assert "Not yet. Expert points" in page
    assert page.count("later w4") == 3
    assert "AUC</th>" not in page
    assert "+12 … −15" in page


def test_after_a_training_every_figure_stands_with_its_count(client: Client, trained: Promotion):
    page = text(client)
    facts = ModelCard.objects.get().facts

    assert f"{facts['n']} later leads" in page
    assert f"of {facts['n']}" in page
    assert "Usual rate" in page
    assert "÷ (" in page
    assert "No curve is drawn below 100 outcomes." in page
    assert "in use" in page


def test_few_orders_make_no_claim(client: Client, founder: User):
    a_past(30)
    services.train(target="NO_ORDER", now=timezone.now())
    facts = ModelCard.objects.get().facts
    assert facts["orders"] < 10

    page = text(client)

    assert "cannot prove that it works" in page or "expert points score alone" in page
    assert "On your later leads it did" not in page


def test_the_handles_work_by_plain_submit(client: Client, trained: Promotion):
    page = text(client, query="?red=20&amber=90")

    assert "Red below 20% of usual" in page
    assert "0.20 × usual" in page
    assert "Amber below 90% of usual" in page


@pytest.mark.parametrize("query", ["?red=x&amber=-1", "?red=999999999999", "?red=90&amber=10"])
def test_a_handle_that_is_no_share_is_held_to_one(client: Client, trained: Promotion, query: str):
    assert client.get(reverse("scores") + query).status_code == 200


def test_what_was_said_then_lists_only_leads_that_the_reader_may_see(
    client: Client, trained: Promotion
):
    found = ModelCard.objects.get().facts["leads"]
    manager = UserFactory(role=User.Role.MANAGER)
    Lead.objects.update(owner=UserFactory())
    mine = Lead.objects.get(pk=found[0][0])
    Lead.objects.filter(pk=mine.pk).update(owner=manager)
    client.force_login(manager)

    page = text(client, "score-backtest")
    file = b"".join(client.get(reverse("score-backtest-file"))).decode("utf-8-sig")

    assert reverse("lead-detail", args=[mine.pk]) in page
    assert reverse("lead-detail", args=[found[1][0]]) not in page
    row, *others = csv.DictReader(StringIO(file))
    assert (row["Ledger id"], row["how it ended"]) == (mine.ledger_id, mine.get_outcome_display())
    assert (row["said on"], row["chance then"]) == (found[0][1], f"{found[0][2]:.4f}")
    assert not others


def test_a_day_of_another_year_is_said_with_its_year(client: Client, founder: User):
    said = [LeadFactory().pk, "2019-05-03", 0.2, 0.3, 1, 4.0, "LOST"]
    ModelCard.objects.create(
        target="NO_ORDER",
        computed_at=timezone.now(),
        facts={"n": 1, "day": 30, "leads": [said]},
    )

    assert "3 May 2019" in text(client, "score-backtest")


def test_flagged_leads_are_a_link_to_their_rows(client: Client, trained: Promotion):
    below = thresholds.read(ModelCard.objects.get().facts["leads"])
    few = [lead for lead in below if lead.ratio < Fraction(1, 3)]

    page = text(client, "score-backtest", "?below=33")

    assert page.count('<th scope="row"') == min(len(few), 50)


@pytest.mark.parametrize("asked", ["nonsense", "999", "5", "33.3"])
def test_a_share_that_is_none_is_said_to_be_none_and_all_leads_are_shown(
    client: Client, trained: Promotion, asked: str
):
    page = text(client, "score-backtest", f"?below={asked}")

    assert f"“{asked}” is no per cent from 10 to 100; these are all leads." in page
    assert "of usual</b>" not in page
    assert page.count('<th scope="row"') == len(ModelCard.objects.get().facts["leads"])


def test_a_founder_returns_to_an_earlier_version(client: Client, founder: User):
    earlier, later = a_whole_version("earlier"), a_whole_version("later")
    promoted(earlier)
    promoted(later)
    lead = a_running_lead()
    Lead.objects.update(assessment_due_at=None)

    answer = client.post(reverse("score-return", args=[earlier.pk]), follow=True)

    assert "That version scores again" in answer.content.decode()
    latest = Promotion.objects.first()
    assert latest is not None
    assert (latest.model, latest.decided_by) == (earlier, founder)
    lead.refresh_from_db()
    assert lead.assessment_due_at is not None


def test_nobody_returns_to_a_version_whose_file_is_gone(client: Client, founder: User):
    gone, holds = a_version(), a_whole_version("holds")
    promoted(gone)
    kept = promoted(holds)

    answer = client.post(reverse("score-return", args=[gone.pk]), follow=True)

    assert "Nothing was changed" in answer.content.decode()
    assert Promotion.objects.first() == kept


def test_a_founder_goes_back_to_the_points_alone(client: Client, founder: User, trained: Promotion):
    client.post(reverse("score-return-points"))

    assert active.in_use("NO_ORDER", as_of=timezone.now()) is None
    page = text(client)
    assert f"Expert points score alone: {founder} decided so on" in page
    assert "they count from 10 on" not in page
    assert "return to this" in page


def test_a_manager_reads_but_decides_nothing(client: Client, founder: User):
    model = a_version()
    promoted(model)
    promoted(a_version(sha256="b" * 64))
    LeadFactory(closed_at=timezone.now(), outcome="WON", outcome_recorded_at=timezone.now())
    client.force_login(UserFactory(role=User.Role.MANAGER))

    assert "return to this" not in text(client)
    assert client.post(reverse("score-return", args=[model.pk])).status_code == 403
    assert client.post(reverse("score-return-points")).status_code == 403
    assert client.get(reverse("score-return", args=[model.pk])).status_code in {403, 405}


def test_points_that_do_worse_than_the_usual_rate_are_named_even_when_they_score_alone(
    client: Client, founder: User
):
    LeadFactory(closed_at=timezone.now(), outcome="WON", outcome_recorded_at=timezone.now())
    promoted(a_version(), numbers={"points_fail": True, "outcomes": {"deals": 0}})
    assert "The points do not work for you" in text(client)

    client.post(reverse("score-return-points"))
    assert "The points do not work for you" in text(client)


def test_the_page_takes_as_many_queries_for_a_long_past_as_for_a_short_one(
    client: Client, trained: Promotion, count_queries: Callable[[Callable[[], object]], int]
):
    text(client)
    before = count_queries(lambda: text(client))
    then = count_queries(lambda: text(client, "score-backtest"))
    card = ModelCard.objects.get()
    card.facts["leads"] *= 3
    card.save()
    a_past(9)
    for _ in range(5):
        promoted(a_version(), decided_by=UserFactory())

    assert count_queries(lambda: text(client)) == before
    assert count_queries(lambda: text(client, "score-backtest")) == then


def test_the_demo_comes_with_figures_and_scores_learned_from_it(client: Client):
    call_command("load_demo", leads=120, score=True, stdout=StringIO())
    client.force_login(User.objects.get(username="founder"))

    page = text(client)

    assert ModelCard.objects.get(target="NO_ORDER").facts["n"] > 10
    assert "later leads" in page
    latest = Assessment.objects.filter(target="NO_ORDER").latest("as_of")
    assert latest.scorer_version.startswith("points-1+")


def test_every_signal_with_points_has_a_name(client: Client, founder: User):
    for each in scorers.points_of(scorers.INTENT.points).bins:
        assert each.feature in titles.TITLES
        assert not each.answer or each.answer in titles.ANSWERS[each.feature]
    assert text(client, "score-points").count('<tr><th scope="row">') > 50


def test_the_pages_load_no_learner():
    code = (
        "import django, sys; django.setup(); import config.urls;sys.exit('sklearn' in sys.modules)"
    )
    env = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}

    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0


def test_a_threshold_counts_orders_against_hours():
    rows = [
        [1, "2026-01-01", 0.05, 0.2, 1, 10.0, "FREE_CONSULTING"],
        [2, "2026-01-02", 0.06, 0.2, 0, 4.0, "WON"],
        [3, "2026-01-03", 0.15, 0.2, 1, 30.0, "LOST"],
    ]

    row = thresholds.row(thresholds.read(rows), Fraction(1, 3), usual=0.2)

    assert (row.flagged, row.free_consulting, row.orders_lost, row.orders) == (2, 1, 1, 1)
    assert (row.hours_saved, row.hours, row.review_hours) == (10.0, 40.0, 2)
    assert row.saved_share == 0.25


def test_dots_that_touch_are_stacked_and_too_many_are_not_drawn():
    lead = [1, "2026-01-01", 0.1, 0.2, 1, 1.0, "LOST"]

    levels = [dot.level for dot in thresholds.dots(thresholds.read([lead] * 3))]

    assert levels == [0, 1, 2]
    assert thresholds.dots(thresholds.read([lead] * 201)) == []
