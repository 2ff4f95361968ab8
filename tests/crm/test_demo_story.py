"""What the demo of the first start tells; one copy of it is loaded for all tests here."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Max, Q
from pytest_django import DjangoDbBlocker

from crm.demo import load, story, story_customers, story_giant
from crm.models import (
    Account,
    Bid,
    Contact,
    Deliverable,
    Firm,
    Interaction,
    Invoice,
    Lead,
    LeadFact,
    Outcome,
    PaidStepOffer,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    Stage,
    StageChange,
    User,
)
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
DATED = (Interaction, Deliverable, Bid, LeadFact, PaidStepOffer, PaymentTerms, StageChange)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demo once; all that the tests see is taken back after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load.load(leads=300, seed=1, until=MONDAY)
        yield
        transaction.set_rollback(True)


def story_lead(name: str) -> Lead:
    return Lead.objects.get(account__name=name)


def test_nothing_in_the_demo_lies_after_its_end():
    for table in DATED:
        assert not table.objects.filter(
            Q(happened_at__gt=MONDAY)
            | Q(recorded_at__gt=MONDAY)
            | Q(recorded_at__lt=F("happened_at"))
        ).exists(), table
    for table in (Account, Contact, Lead, PaymentMilestone, Invoice, Payment):
        assert not table.objects.filter(recorded_at__gt=MONDAY).exists(), table
    assert not Lead.objects.filter(
        Q(opened_at__gt=MONDAY) | Q(closed_at__gt=MONDAY) | Q(outcome_recorded_at__gt=MONDAY)
    ).exists()
    today = MONDAY.date()
    assert not Payment.objects.filter(paid_date__gt=today).exists()
    assert not Invoice.objects.filter(issued_date__gt=today).exists()
    assert not PaidStepOffer.objects.filter(answer_recorded_at__gt=MONDAY).exists()


def test_history_reaches_back_years_and_up_to_the_last_days():
    latest = Interaction.objects.aggregate(at=Max("happened_at"))["at"]
    assert MONDAY - latest < timedelta(days=4)
    assert Lead.objects.filter(opened_at__lt=MONDAY - timedelta(days=800)).exists()


def test_the_demo_has_three_hundred_leads_in_all_stages_with_about_seven_talks():
    assert Lead.objects.count() == 300
    assert 6 < Interaction.objects.count() / 300 < 8.5
    opened = Lead.objects.open()
    assert 40 <= opened.count() <= 70
    assert set(opened.values_list("stage", flat=True)) == set(Stage.values)
    assert opened.filter(decide_by_date__isnull=False).count() > 10
    assert opened.filter(next_step_date__gt=MONDAY.date()).count() > 5
    assert opened.filter(assessment_due_at=MONDAY).count() == opened.count()
    assert Account.objects.count() < 300  # some accounts come back
    assert Lead.objects.filter(unpaid_hours__gt=0).count() > 250


def test_free_consulting_is_called_so_only_where_the_rule_holds():
    for lead in Lead.objects.filter(outcome=Outcome.FREE_CONSULTING):
        level = lead.deliverables.exclude(paid=True).aggregate(n=Max("disclosure_level"))["n"] or 0
        assert level >= 4 or lead.unpaid_hours >= 20
        assert lead.closed_at - lead.last_interaction_at >= timedelta(days=60)


def test_some_things_are_not_known_and_some_are_logged_late():
    talks = Interaction.objects.all()
    for unknown in (
        Q(asks__isnull=True),
        Q(client_gave__isnull=True),
        Q(budget_stage=""),
        Q(budget_holder_present=None),
        Q(response_latency_days=None),
        Q(has_dated_next_step=None),
        Q(initiated_by=""),
        Q(recorded_at__gt=F("happened_at") + timedelta(days=1)),
    ):
        assert 0 < talks.filter(unknown).count() < talks.count(), unknown
    assert Lead.objects.filter(est_value_amount=None).exists()


def test_the_giant_took_three_rounds_for_nothing_and_fell_silent():
    lead = story_lead(story_giant.GIANT)
    asked = lead.interactions.filter(kind=Interaction.Kind.SOLUTION_REQUEST)
    assert lead.is_open
    assert (asked.count(), lead.first_ask) == (3, "BASIC_KNOWLEDGE")
    assert (lead.unpaid_hours, lead.travel_amount) == (Decimal("37.0"), Decimal(4_860))
    assert not lead.interactions.exclude(budget_stage="").exists()
    assert lead.deliverables.filter(disclosure_level=5).count() == 2
    assert lead.last_client_contact_at < MONDAY - timedelta(days=14)


def test_the_tender_was_found_by_its_notice_six_days_before_its_end():
    bid = story_lead(story.TENDER).bids.get()
    assert (bid.prep_days, bid.contact_before_notice, bid.specification_fits_us) == (
        6,
        False,
        False,
    )
    assert bid.questions_asked_at
    assert bid.questions_answered_at is None
    assert bid.deadline_date > MONDAY.date()


def test_the_authority_buys_and_pays_late():
    lead = story_lead(story.AUTHORITY)
    ours, terms = lead.payment_terms.all()  # the client answered our proposal with its own
    assert [version.milestones.count() for version in (ours, terms)] == [4, 4]
    assert terms.status == "PROPOSED_BY_CLIENT"
    assert (terms.prepay_percent, terms.accepted_by_audit, terms.term_days) == (0, True, 90)
    assert lead.interactions.filter(budget_holder_present=True, budget_stage="APPLIED").exists()
    assert lead.interactions.filter(budget_stage="APPROVED").exists()


def test_the_good_news_came_within_a_week():
    talk = story_lead(story.BUYER).interactions.last()
    assert (talk.budget_stage, talk.budget_holder_present) == ("APPROVED", True)
    assert timedelta(0) <= MONDAY - talk.happened_at < timedelta(days=7)
    assert story_lead(story.NEWCOMER).interaction_count == 2


def test_three_customers_are_late_by_94_37_and_8_days():
    unpaid = Invoice.objects.unpaid().filter(account__name__in=story_customers.NAMES)
    days = [(MONDAY.date() - invoice.due_date).days for invoice in unpaid]
    assert sorted(days) == [-4, -2, 8, 37, 94]
    paid = Invoice.objects.exclude(paid_amount=0)
    assert all(
        invoice.paid_amount == sum(each.amount for each in invoice.payments.all())
        for invoice in paid.prefetch_related("payments")
    )


def test_every_company_has_a_name_of_its_own_and_the_banner_says_it_is_invented():
    names = list(Account.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
    assert all(account.pinyin and account.name_key for account in Account.objects.all()[:50])
    assert Firm.current().holds_demo_data


def test_owners_are_spread_and_each_seller_sees_only_a_part():
    total = Lead.objects.count()
    for seller in User.objects.filter(role=User.Role.SELLER):
        assert total * 0.1 < Lead.objects.visible_to(seller).count() < total * 0.45
    assert Lead.objects.filter(owner=None).exists()


def test_what_was_created_has_its_audit_history():
    lead = story_lead(story_giant.GIANT)
    assert lead.history.count() == 1
    assert lead.history.get().history_date == lead.recorded_at
