"""The scores that the demo's hand-written leads are told for."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.demo import load, story, story_giant
from crm.models import Assessment, Lead, Mark, Pattern, Target, Verdict
from scoring import runs
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 6, 13, 4, 0, tzinfo=UTC)
SPRING_FESTIVAL = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)


def load_and_score(until: datetime, leads: int = 150) -> None:
    load.load(leads=leads, seed=1, until=until)
    for moment in (until - timedelta(days=7), until):
        for _ in runs.score(None, as_of=moment, now=until, refresh_usual=True):
            pass


def lead_of(name: str) -> Lead:
    return Lead.objects.get(account__name=name)


def chances_of(name: str) -> list[float]:
    stored = Assessment.objects.filter(lead__account__name=name, target=Target.NO_ORDER)
    return [1 - row.probability for row in stored.order_by("as_of") if row.probability]


@pytest.mark.parametrize("until", [MONDAY, SATURDAY, SPRING_FESTIVAL])
def test_the_story_scores_as_it_is_told_on_any_day(until: datetime):
    load_and_score(until)

    assert {
        name: (lead_of(name).verdict, lead_of(name).pattern)
        for name in (story_giant.GIANT, story.TENDER, story.PATIENT, story.NEWCOMER)
    } == {
        story_giant.GIANT: (Verdict.LOW, Pattern.FREE_CONSULTING),
        story.TENDER: (Verdict.LOW, Pattern.COLUMN_FODDER),
        story.PATIENT: (Verdict.LOW, Pattern.GOING_THROUGH_THE_MOTIONS),
        story.NEWCOMER: (Verdict.UNKNOWN, ""),
    }
    assert lead_of(story.NEWCOMER).order_chance is None
    authority = lead_of(story.AUTHORITY)
    assert (authority.verdict, authority.payment_mark) == (Verdict.NONE, Mark.HIGH)


def test_last_week_the_giant_fell_and_the_buyer_rose():
    load_and_score(MONDAY)

    before, after = chances_of(story_giant.GIANT)
    assert after < 0.08 < before + 0.02
    before, after = chances_of(story.BUYER)
    assert before < 0.25
    assert after > 0.35


def test_few_open_leads_are_red_and_most_can_be_judged():
    load_and_score(MONDAY, leads=300)

    opened = Lead.objects.open()
    shares = {
        verdict: opened.filter(verdict=verdict).count() / opened.count()
        for verdict in Verdict.values
    }
    assert 0.15 < shares["LOW"] < 0.45
    assert shares["WATCH"] > 0.05
    assert shares["NONE"] > 0.2
    assert shares["UNKNOWN"] < 0.25
