"""Caps on effort, who reviews it, and what waits while a cap is used up."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm import rules
from crm.models import BudgetStage, Decision, FirmFigure, Lead, PlannedMeeting, User
from crm.rules import Caps, Effort
from crm.selectors import effort as selector
from crm.services import decisions, effort, figures, firm, leads, plans, qualification
from crm.services.effort import NewCap
from tests.factories import MONDAY, InteractionFactory, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
WHY = "the budget is nearly approved by now"
NOTHING_OF_ITS_OWN = {"cap_hours": None, "cap_amount": None, "value": Decimal(1_000_000)}


def spent(hours: int, **facts: object) -> Lead:
    """Return a lead that took so many unpaid hours."""
    lead: Lead = LeadFactory(**facts)
    InteractionFactory(lead=lead, presales_hours=Decimal(hours))
    figures.refresh([lead.pk], now=MONDAY)
    lead.refresh_from_db()
    return lead


def review(lead: Lead, by: User, cap: NewCap) -> Decision:
    """Review the effort in a lead."""
    return effort.review(lead=lead, cap=cap, by=by, now=MONDAY, reason=WHY)


@pytest.mark.parametrize(
    ("budget", "terms", "hours", "amount"),
    [(False, False, 12, None), (True, False, 40, None), (True, True, None, 30_000)],
)
def test_the_usual_cap_follows_what_is_known(budget, terms, hours, amount):
    cap = rules.cap_of(Caps(), budget_known=budget, terms_known=terms, **NOTHING_OF_ITS_OWN)
    assert (cap.hours, cap.amount) == (hours, amount)


@pytest.mark.parametrize(
    ("share", "cap_date", "state"),
    [
        (0.79, None, Effort.WITHIN),
        (0.8, None, Effort.REVIEW),
        (1.0, None, Effort.FROZEN),
        (0.1, TODAY, Effort.WITHIN),
        (0.1, TODAY - timedelta(days=1), Effort.FROZEN),
    ],
)
def test_most_of_a_cap_asks_for_a_review_and_all_of_it_freezes(share, cap_date, state):
    assert rules.effort_state(share, cap_date=cap_date, today=TODAY) == state


def test_hours_and_cost_count_whichever_is_more():
    FirmFigure.objects.create(
        kind="HOUR_COST", amount=500, valid_from=MONDAY - timedelta(days=9), recorded_at=MONDAY
    )
    assert spent(10, cap_hours=20, cap_amount=6_000).effort_share == pytest.approx(5 / 6)


def test_a_budget_that_becomes_known_widens_the_usual_cap():
    lead = spent(12)
    assert lead.effort_share == pytest.approx(1.0)

    leads.log_interaction(
        lead=lead,
        kind="CALL",
        happened_at=MONDAY,
        now=MONDAY,
        author=lead.owner,
        budget_stage=BudgetStage.PLANNED,
    )
    lead.refresh_from_db()
    assert lead.effort_share == pytest.approx(0.3)


def test_a_budget_told_beside_the_talks_widens_it_at_once_too():
    lead = spent(12)

    qualification.tell_budget(lead=lead, stage=BudgetStage.APPLIED, now=MONDAY, by=lead.owner)

    lead.refresh_from_db()
    assert lead.effort_share == pytest.approx(0.3)


def test_a_dearer_hour_weighs_every_lead_anew():
    lead = spent(10, cap_hours=100, cap_amount=10_000)

    firm.note_figure(kind="HOUR_COST", amount=Decimal(900), valid_from=TODAY, now=MONDAY)

    lead.refresh_from_db()
    assert lead.effort_share == pytest.approx(0.9)


def test_the_owner_does_not_review_his_own_effort_while_somebody_else_can():
    lead, founder = spent(12), UserFactory(role=User.Role.FOUNDER, display_name="Li Yan")
    with pytest.raises(effort.OwnerCannotReview, match="Li Yan"):
        review(lead, lead.owner, NewCap(hours=Decimal(30)))

    review(lead, founder, NewCap(hours=Decimal(30)))
    lead.refresh_from_db()
    assert selector.state_of(lead, today=TODAY) == Effort.WITHIN


def test_in_a_firm_of_one_the_owner_reviews_it():
    alone = UserFactory(role=User.Role.FOUNDER)
    assert review(spent(12, owner=alone), alone, NewCap(hours=Decimal(30))).decided_by == alone


def test_reviewers_are_founders_and_the_manager_of_the_owners_team():
    team = TeamFactory()
    lead = LeadFactory(owner=UserFactory(team=team))
    manager = UserFactory(role=User.Role.MANAGER, team=team)
    founder = UserFactory(role=User.Role.FOUNDER)
    UserFactory(role=User.Role.MANAGER, team=TeamFactory())
    UserFactory(team=team)
    assert set(selector.reviewers(lead)) == {manager, founder}


def test_a_review_that_leaves_the_cap_is_remembered_until_the_share_falls_below_the_warning():
    founder = UserFactory(role=User.Role.FOUNDER)
    lead = spent(10)
    review(lead, founder, NewCap(hours=Decimal(12)))
    waiting = selector.at_their_caps(Lead.objects.all(), founder, today=TODAY)
    assert waiting == ([], 0)

    Lead.objects.update(cap_hours=40)
    figures.refresh([lead.pk], now=MONDAY)
    lead.refresh_from_db()
    assert lead.effort_reviewed_at is None


def test_a_review_taken_back_brings_the_cap_back():
    founder = UserFactory(role=User.Role.FOUNDER)
    lead = spent(11, cap_hours=Decimal("12.5"))
    made = review(lead, founder, NewCap(hours=Decimal(30)))

    decisions.take_back(decision=made, by=founder, now=MONDAY)

    lead.refresh_from_db()
    assert lead.cap_hours == Decimal("12.5")
    assert lead.effort_share == pytest.approx(0.88)


def test_a_cap_is_not_simply_raised_once_most_of_it_is_used():
    lead = spent(10)
    with pytest.raises(effort.ReviewIsNeeded):
        effort.set_cap(lead=lead, cap=NewCap(hours=Decimal(90)), version=1, now=MONDAY, today=TODAY)


def test_a_trip_waits_on_a_frozen_lead_while_talks_are_logged_and_calls_are_planned():
    lead = spent(13)

    def plan(kind: str) -> PlannedMeeting:
        return plans.plan(
            lead=lead,
            now=MONDAY,
            author=lead.owner,
            token=uuid.uuid4(),
            kind=kind,
            meeting_date=TODAY + timedelta(days=3),
        )

    with pytest.raises(effort.LeadIsFrozen):
        plan("VISIT_TO_CLIENT")
    call = plan("CALL")
    with pytest.raises(effort.LeadIsFrozen):
        plans.change(plan=call, version=1, now=MONDAY, kind="VISIT_TO_CLIENT")
    assert leads.log_interaction(
        lead=lead, kind="CALL", happened_at=MONDAY, now=MONDAY, author=lead.owner
    )


@pytest.mark.parametrize(
    ("value", "fee"), [(None, 28_000), (1_800_000, 27_000), (60_000, 900), (400_000, 6_000)]
)
def test_the_suggested_fee_is_one_to_three_per_cent(value, fee):
    assert rules.suggested_fee(None if value is None else Decimal(value)) == fee
