"""What holds when leads are written."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError

from crm import rules
from crm.models import Interaction, Lead, Stage, User
from crm.services import figures, leads
from crm.services.errors import EditedMeanwhile, LeadIsClosed
from tests.factories import MONDAY, InteractionFactory, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_same_token_twice_is_one_interaction():
    lead, token = LeadFactory(), uuid4()
    call = {
        "lead": lead,
        "kind": Interaction.Kind.CALL,
        "happened_at": MONDAY,
        "now": MONDAY,
        "author": lead.owner,
        "token": token,
    }

    first, again = leads.log_interaction(**call), leads.log_interaction(**call)

    assert first.pk == again.pk
    assert lead.interactions.count() == 1


def test_logging_counts_the_unpaid_hours_and_marks_the_lead_for_a_new_score():
    lead = LeadFactory()

    leads.log_interaction(
        lead=lead,
        kind=Interaction.Kind.VISIT_TO_CLIENT,
        happened_at=MONDAY,
        now=MONDAY,
        author=lead.owner,
        presales_hours=Decimal(2),
        travel_hours=Decimal(7),
        travel_amount=Decimal(1200),
        initiated_by="CLIENT",
    )

    lead.refresh_from_db()
    assert (lead.unpaid_hours, lead.travel_amount) == (Decimal(9), Decimal(1200))
    assert lead.last_client_contact_at == MONDAY
    assert lead.assessment_due_at == MONDAY


def test_hours_that_the_client_paid_are_not_unpaid():
    lead = LeadFactory()
    InteractionFactory(lead=lead, presales_hours=Decimal(3), paid_by_client=True)

    leads.figures.refresh([lead.pk], now=MONDAY)

    lead.refresh_from_db()
    assert lead.unpaid_hours == 0


def test_a_closed_lead_takes_no_interaction():
    lead = LeadFactory(closed_at=MONDAY)

    with pytest.raises(LeadIsClosed, match="2026-11-23"):
        leads.log_interaction(
            lead=lead, kind=Interaction.Kind.CALL, happened_at=MONDAY, now=MONDAY, author=None
        )


def test_of_two_edits_of_one_version_the_second_is_refused():
    lead = LeadFactory(title="before")
    leads.edit(lead=lead, version=1, now=MONDAY, title="first")

    with pytest.raises(EditedMeanwhile):
        leads.edit(lead=lead, version=1, now=MONDAY, title="second")

    lead.refresh_from_db()
    assert (lead.title, lead.version) == ("first", 2)


def test_a_move_keeps_the_dated_row_of_it():
    lead = LeadFactory()

    leads.move(
        lead=lead, to_stage=Stage.SOLUTION, version=1, now=MONDAY, by=lead.owner, despite=True
    )

    change = lead.stage_changes.get()
    assert (change.from_stage, change.to_stage, change.happened_at) == ("NEW", "SOLUTION", MONDAY)


def test_an_unknown_value_is_never_zero():
    with pytest.raises(IntegrityError):
        LeadFactory(est_value_amount=0)


def test_an_outcome_needs_a_close():
    with pytest.raises(IntegrityError):
        LeadFactory(outcome=Lead.Outcome.WON)


def test_each_role_sees_its_own_leads():
    team = TeamFactory()
    seller, mate = UserFactory(team=team), UserFactory(team=team)
    manager = UserFactory(role=User.Role.MANAGER, team=team)
    founder = UserFactory(role=User.Role.FOUNDER)
    viewer, accountant = (
        UserFactory(role=User.Role.VIEWER),
        UserFactory(role=User.Role.ACCOUNTANT),
    )
    own, of_mate = LeadFactory(owner=seller), LeadFactory(owner=mate)
    pool, foreign = LeadFactory(owner=None), LeadFactory()
    billed = LeadFactory(has_money=True)

    seen = {
        user.role: set(Lead.objects.visible_to(user))
        for user in (seller, manager, founder, viewer, accountant)
    }

    assert seen == {
        "SELLER": {own},
        "MANAGER": {own, of_mate, pool},
        "FOUNDER": {own, of_mate, pool, foreign, billed},
        "VIEWER": set(),
        "ACCOUNTANT": {billed},
    }


def test_an_accountant_reads_no_sales_notes():
    accountant = UserFactory(role=User.Role.ACCOUNTANT)
    InteractionFactory(lead=LeadFactory(has_money=True))

    assert not Interaction.objects.visible_to(accountant).exists()


def test_a_lead_closed_later_was_open_at_the_moment():
    lead = LeadFactory(closed_at=MONDAY)

    assert lead in Lead.objects.open_at(MONDAY - timedelta(days=1))
    assert lead not in Lead.objects.open_at(MONDAY)


def test_sums_hold_the_largest_rows_on_every_database():
    lead = LeadFactory()
    for _ in range(2):
        InteractionFactory(lead=lead, travel_amount=Decimal("999999999999"), presales_hours=9999)

    figures.refresh([lead.pk], now=MONDAY)

    lead.refresh_from_db()
    assert (lead.travel_amount, lead.unpaid_hours) == (Decimal(1_999_999_999_998), 19_998)


@pytest.mark.parametrize(
    ("facts", "looks"),
    [
        ({}, True),
        ({"revenue": Decimal(1)}, False),
        ({"highest_unpaid_level": 3}, False),
        ({"highest_unpaid_level": 3, "unpaid_hours": Decimal(20)}, True),
        ({"highest_unpaid_level": 3, "unpaid_hours": Decimal("19.5")}, False),
        ({"days_silent": 59}, False),
        ({"days_silent": 59, "said_research_only": True}, True),
    ],
)
def test_free_consulting_is_work_without_revenue_and_then_silence(facts, looks):
    usual = {"revenue": Decimal(0), "highest_unpaid_level": 4, "unpaid_hours": Decimal(0),
             "days_silent": 60, "said_research_only": False}  # fmt: skip

    assert rules.looks_like_free_consulting(**usual | facts) is looks
