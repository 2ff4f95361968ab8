"""The tabs of the score page beside that of the order: what each may claim, and on how many."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Lead, User
from scoring import active, services, tasks
from scoring.models import ModelCard, Promotion, TrainedModel
from tests.factories import LeadFactory, UserFactory
from tests.scoring.test_services import a_past, a_running_lead, talks

pytestmark = pytest.mark.django_db
FREE = TrainedModel.Target.FREE_CONSULTING.value


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def a_past_of_free_consulting(count: int, *, turns: bool = False) -> None:
    """Log leads of which those without a budget were free consulting, or the contrary later."""
    for n in range(count):
        is_free = n % 2 == 0
        no_budget = is_free != (turns and n > count / 4)
        opened = timezone.now() - timedelta(days=40 + 4 * (count - n))
        closed = opened + timedelta(days=25)
        lead = LeadFactory(
            opened_at=opened,
            closed_at=closed,
            outcome=Lead.Outcome.FREE_CONSULTING if is_free else Lead.Outcome.WON,
            outcome_recorded_at=closed,
        )
        talks(lead, "NO_BUDGET" if no_budget else "APPLIED")


def text(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


def test_free_consulting_that_can_be_foretold_is_shown_as_a_chance(
    client: Client, founder: User
) -> None:
    a_past_of_free_consulting(72)
    lead = a_running_lead()

    services.train(target=FREE, now=timezone.now())
    page = text(client, "score-free")

    assert Promotion.objects.get(target=FREE).decision == Promotion.Decision.PROMOTED
    assert "Somewhat: on" in page
    assert reverse("lead-detail", args=[lead.pk]) in page
    [[lead_id, chance]] = ModelCard.objects.get(target=FREE).facts["running"]
    assert lead_id == lead.pk
    assert chance < 0.5
    assert "AUC" in page

    card = ModelCard.objects.get(target=FREE)
    scorers = card.facts["scorers"]
    scorers["blend"]["brier"]["value"] = scorers["base_rate"]["brier"]["value"]
    card.save()
    assert "it erred no less than stating the usual share" in text(client, "score-free")
    assert reverse("lead-detail", args=[lead.pk]) not in text(client, "score-free")


def test_free_consulting_that_cannot_be_foretold_has_no_per_cent(
    client: Client, founder: User
) -> None:
    a_past_of_free_consulting(72, turns=True)
    lead = a_running_lead()

    services.train(target=FREE, now=timezone.now())
    page = text(client, "score-free")

    assert "No per cent is shown: on" in page
    assert "The pattern on a lead comes from its signals" in page
    assert reverse("lead-detail", args=[lead.pk]) not in page


@pytest.mark.parametrize(
    ("count", "words"),
    [(6, "6 outcomes are known, 3 of them free consulting"), (24, "and 40 are needed")],
)
def test_too_few_leads_are_said_to_be_too_few(
    client: Client, founder: User, count: int, words: str
) -> None:
    a_past_of_free_consulting(count)

    services.train(target=FREE, now=timezone.now())

    assert words in text(client, "score-free")
    assert "Open leads by their chance" not in text(client, "score-free")


def test_before_any_training_it_says_when_one_comes(client: Client, founder: User) -> None:
    assert "the first training comes next night" in text(client, "score-free")


def test_a_lead_that_the_reader_may_not_see_is_not_listed(client: Client, founder: User) -> None:
    a_past_of_free_consulting(72)
    lead = a_running_lead()
    services.train(target=FREE, now=timezone.now())
    client.force_login(UserFactory(role=User.Role.MANAGER))

    assert reverse("lead-detail", args=[lead.pk]) not in text(client, "score-free")


def test_the_worker_learns_of_both_ends_and_scores_by_one(client: Client, founder: User) -> None:
    a_past_of_free_consulting(24)

    tasks.train()

    assert set(Promotion.objects.values_list("target", flat=True)) == {"NO_ORDER", FREE}
    assert active.in_use("NO_ORDER", as_of=timezone.now()) is not None


def test_the_page_takes_as_many_queries_for_many_leads(
    client: Client, founder: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    a_past_of_free_consulting(72)
    a_running_lead()
    services.train(target=FREE, now=timezone.now())
    text(client, "score-free")
    before = count_queries(lambda: text(client, "score-free"))
    card = ModelCard.objects.get(target=FREE)
    card.facts["running"] += [[a_running_lead().pk, 0.5] for _ in range(4)]
    card.save()

    assert count_queries(lambda: text(client, "score-free")) == before


def test_before_the_first_training_the_page_counts_the_outcomes_that_are_known(
    client: Client, founder: User
) -> None:
    a_past(12)

    page = text(client, "scores")

    assert "12 of your outcomes are known; nothing was learned from them yet" in page
    assert "No training yet: 12 outcomes are known, 4 of them orders." in page
    assert "0 of your outcomes" not in page
    assert "knew 0 outcomes" not in page
    assert "points-1" not in page
