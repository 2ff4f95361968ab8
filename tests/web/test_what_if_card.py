"""What the lead page says would change the chance of an order."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import User
from tests.factories import AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
APPROVED = {
    "code": "BUDGET_APPROVED",
    "probability": 0.84,
    "verdict": "WATCH",
    "points": -16.0,
    "moves": [
        {"code": "F07", "was": 0.0, "becomes": -10.0},
        {"code": "F06", "was": 6.0, "becomes": 0.0},
        {"code": "N07", "was": 0.0, "becomes": -1.5},
        {"code": "N08", "was": 0.0, "becomes": 1.5},
    ],
}
REFUSED = {
    "code": "PAID_STEP_REFUSED",
    "probability": 0.97,
    "verdict": "LOW",
    "points": 12.0,
    "moves": [{"code": "F24", "was": 0.0, "becomes": 12.0}],
}


def card(client, lead):
    """Return the card of the lead page, None where there is none."""
    page = client.get(reverse("lead-detail", args=[lead.pk])).content.decode()
    found = re.search(r'<section[^>]*id="what-if".*?</section>', page, re.DOTALL)
    return found and re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def a_lead(**score):
    """Return a lead with a score that says what would change it."""
    lead = LeadFactory()
    AssessmentFactory(lead=lead, **{"what_if": [APPROVED, REFUSED], **score})
    return lead


def test_each_row_says_the_chance_the_word_and_the_sum_behind_it(client, founder):
    words = card(client, a_lead())

    assert "What if from 6%, by points Budget approved" in words
    assert "16% Watch budget stage 0 → −10 budget unknown +6 → 0 all else 0 → 0" in words
    assert "Sum +23 → +7" in words
    assert "Paid step refused Chance of an order: 3% Low" in words


def test_a_row_of_a_later_version_is_left_out(client, founder):
    assert card(client, a_lead(what_if=[{**APPROVED, "code": "SOMETHING_NEW"}])) is None


@pytest.mark.parametrize(
    "score",
    [
        {"what_if": []},
        {"probability": None, "low": None, "high": None, "verdict": "UNKNOWN"},
        {"low": 0.2, "high": 0.97},
    ],
)
def test_without_a_chance_there_is_no_card(client, founder, score):
    assert card(client, a_lead(**score)) is None


def test_a_closed_lead_has_nothing_left_to_bring_about(client, founder):
    lead = a_lead()
    lead.closed_at = timezone.now()
    lead.save()

    assert card(client, lead) is None


def test_an_accountant_does_not_read_it(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    lead = a_lead()
    lead.has_money = True
    lead.save()

    assert client.get(reverse("lead-detail", args=[lead.pk])).status_code == 200
    assert card(client, lead) is None
