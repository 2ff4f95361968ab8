"""R14 and the deal's cash follow from the day on which a milestone was reached."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from crm.models import DealCash, Target, User
from crm.services import acceptances
from scoring import cash_runs, runs
from tests.factories import (
    MONDAY,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
DAY = timedelta(days=1)


def slip_at(moment):
    """Return how many days of slip are said at a moment, and of which milestone."""
    for batch in runs.score(None, as_of=moment, now=moment, refresh_usual=True):
        for score in batch.scores:
            if score.target == Target.LATE_PAYMENT:
                reasons = json.loads(score.reasons)
                said = [each["params"] for each in reasons if each["code"] == "R14"]
                return (said[0]["d"], said[0]["m"]) if said else None
    return None


@pytest.fixture
def contract():
    """A contract signed 100 days ago; delivery 20 days after it, the rest 30 days later."""
    lead = LeadFactory()
    signed = TODAY - 100 * DAY
    terms = PaymentTermsFactory(
        lead=lead, status="AGREED", contract_amount=Decimal(100_000), signed_date=signed,
        happened_at=MONDAY - 100 * DAY, recorded_at=MONDAY - 100 * DAY,
    )  # fmt: skip
    for position, (label, day) in enumerate((("Delivery", 20), ("Rest", 120))):
        PaymentMilestoneFactory(
            lead=lead, terms=terms, label=label, position=position, share_percent=Decimal(50),
            trigger_day=day, term_days=10, is_acceptance=not position,
            recorded_at=MONDAY - 100 * DAY,
        )  # fmt: skip
    return terms


def accept(terms, days_ago, *, now=MONDAY):
    milestone = terms.milestones.get(label="Delivery")
    by = UserFactory(role=User.Role.FOUNDER)
    on = None if days_ago is None else TODAY - days_ago * DAY
    return acceptances.note(milestone=milestone, version=milestone.version, on=on, now=now, by=by)


def test_a_slip_is_measured_from_the_day_planned_in_the_contract(contract):
    assert slip_at(MONDAY) == (80, "Delivery")
    accept(contract, 45)
    assert slip_at(MONDAY) == (35, "Delivery")
    accept(contract, 79)
    assert slip_at(MONDAY) in (None, (1, "Delivery"))  # a day behind plan is no slip worth a point
    accept(contract, None)
    assert slip_at(MONDAY) == (80, "Delivery")


def test_no_score_of_the_past_learns_of_a_day_that_was_noted_later(contract):
    before = MONDAY - 10 * DAY
    said = slip_at(before)
    accept(contract, 45)
    assert slip_at(before) == said == (70, "Delivery")


def test_a_late_acceptance_moves_the_cash_of_the_deal_and_what_comes_after(contract):
    def pays_back():
        cash_runs.compute_due(now=MONDAY)
        return DealCash.objects.get(terms=contract).result["days_to_cash"]["p10"]

    accept(contract, 80)  # on the day that was planned
    on_time = pays_back()
    accept(contract, 20)
    late = pays_back()
    assert late - on_time == 60
