"""A chance whose interval is wider than 40 points is said by its word alone, everywhere."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Verdict
from crm.services import assessments
from tests.factories import InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def unsure(founder):
    """A watched lead whose chance of 12% may be anything from 2% to 55%."""
    lead = LeadFactory(owner=founder, decide_by_date=timezone.localdate())
    for days in (9, 6, 3):
        InteractionFactory(lead=lead, happened_at=timezone.now() - timedelta(days=days))
    score = assessments.Score(
        lead_id=lead.pk,
        target="NO_ORDER",
        base_rate=0.77,
        scorer_version="points-1",
        probability=0.88,
        low=0.45,
        high=0.98,
        verdict=Verdict.WATCH.value,
        interactions_count=3,
    )
    now = timezone.now() - timedelta(days=2)
    assessments.record([score], as_of=now, now=now)
    return lead


@pytest.mark.parametrize("page", ["lead-list", "today", "report-pipeline"])
def test_a_wide_chance_is_said_by_its_word_alone(client, unsure, page):
    text = client.get(reverse(page)).content.decode()

    assert "Watch" in text
    assert "12%" not in text


def test_the_pages_of_its_account_and_of_the_lead_agree(client, unsure):
    account = client.get(reverse("account-detail", args=[unsure.account_id])).content.decode()
    lead = client.get(reverse("lead-detail", args=[unsure.pk])).content.decode()

    assert "12%" not in account
    assert '<span class="figure">' not in lead


def test_a_past_day_says_the_word_alone_too(client, unsure):
    shown = client.get(
        reverse("lead-list"), {"as_of": f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"}
    )

    assert "As of" in shown.content.decode()
    assert "12%" not in shown.content.decode()


def test_a_report_file_leaves_the_figure_out(client, unsure):
    lines = b"".join(client.get(reverse("report-download", args=["csv"])))

    assert "0.1200" not in lines.decode()
    assert unsure.title in lines.decode()


def test_a_chance_of_a_narrow_interval_keeps_its_figure(client, founder):
    LeadFactory(verdict=Verdict.WATCH, order_chance=0.12, usual_order_rate=0.23)

    assert "12%" in client.get(reverse("lead-list")).content.decode()
