"""Money, good news and hours of a Monday mail, as they stood then."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm.models import (
    BudgetStage,
    Firm,
    Interaction,
    Invoice,
    Lead,
    Outcome,
    PaidStepOffer,
    User,
    Verdict,
)
from crm.selectors.digest import content
from crm.selectors.digest_parts import Content
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaidStepOfferFactory,
    PaymentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = User.Role
LAST_WEEK = MONDAY - timedelta(days=4)


def told(user: User, as_of: datetime = MONDAY) -> Content:
    """Return the user's mail as values."""
    return content(user, as_of=as_of, firm=Firm.current())


def founder() -> User:
    """Return somebody who sees all."""
    user: User = UserFactory(role=Role.FOUNDER)
    return user


def red_lead(*, probability: float = 0.94, as_of: datetime = MONDAY, **facts: Any) -> Lead:
    """Return a lead of low intent."""
    lead: Lead = LeadFactory(**facts)
    AssessmentFactory(
        lead=lead, probability=probability, low=0.01, high=0.99, as_of=as_of, recorded_at=as_of
    )
    return lead


def test_money_is_told_as_it_stood_then():
    invoice = InvoiceFactory(amount=Decimal(96_000))
    InvoiceFactory(amount=Decimal(52_000), due_date=date(2026, 11, 26))
    InvoiceFactory(amount=Decimal(1_000), due_date=date(2026, 12, 1))
    PaymentFactory(
        invoice=invoice, amount=Decimal(10_000), paid_date=LAST_WEEK.date(), recorded_at=LAST_WEEK
    )
    PaymentFactory(
        invoice=invoice,
        amount=Decimal(86_000),
        paid_date=date(2026, 11, 24),
        recorded_at=MONDAY + timedelta(days=1),
    )
    Invoice.objects.filter(pk=invoice.pk).update(
        paid_amount=96_000, settled_date=date(2026, 11, 24)
    )

    money = told(founder()).money

    assert (money.overdue.main, money.overdue.count) == (Decimal(86_000), 1)
    assert (money.due.main, money.due.count) == (Decimal(52_000), 1)
    assert (money.oldest_days, money.oldest_account) == (94, invoice.account.name)


def test_money_of_two_currencies_is_never_added_up():
    InvoiceFactory(amount=Decimal(96_000))
    InvoiceFactory(amount=Decimal(5_000), currency="USD")

    overdue = told(founder()).money.overdue

    assert overdue.amounts == {"CNY": Decimal(96_000), "USD": Decimal(5_000)}


def test_a_written_off_invoice_is_no_money_to_come():
    InvoiceFactory(written_off_date=date(2026, 11, 1))

    assert not told(founder()).money


def approved(lead: Lead, at: datetime = LAST_WEEK, **facts: Any) -> Interaction:
    """Let the client say that the budget is approved."""
    talk: Interaction = InteractionFactory(
        lead=lead, happened_at=at, budget_stage=BudgetStage.APPROVED, **facts
    )
    return talk


def test_a_costly_step_of_a_client_is_good_news_with_the_chance_now_and_before():
    lead = red_lead(probability=0.59)
    AssessmentFactory(lead=lead, probability=0.81, low=0.7, as_of=MONDAY - timedelta(days=10))
    approved(lead, budget_holder_present=True, next_step_date=date(2026, 11, 27),
             has_dated_next_step=True)  # fmt: skip

    (news,) = told(founder()).news

    assert news.budget_approved
    assert news.holder_joined
    assert news.next_step_date == date(2026, 11, 27)
    assert news.order is not None
    assert news.order_before is not None
    assert (news.order.probability, news.order_before.probability) == (0.59, 0.81)


def test_a_budget_that_was_approved_long_ago_is_no_news():
    lead = LeadFactory()
    approved(lead, MONDAY - timedelta(days=40))
    approved(lead)

    assert told(founder()).news == []


def test_an_accepted_paid_step_and_an_order_are_good_news_orders_first():
    offer = PaidStepOfferFactory(
        answer=PaidStepOffer.Answer.ACCEPTED,
        answered_at=LAST_WEEK,
        answer_recorded_at=LAST_WEEK,
    )
    won = LeadFactory(closed_at=LAST_WEEK, outcome=Outcome.WON, outcome_recorded_at=LAST_WEEK)

    news = told(founder()).news

    assert [(each.lead_id, each.won, each.paid_step) for each in news] == [
        (won.pk, True, False),
        (offer.lead_id, False, True),
    ]


def test_hours_of_last_week_say_how_many_went_to_red_leads():
    red, calm = red_lead(), LeadFactory()
    AssessmentFactory(lead=calm, verdict=Verdict.NONE, pattern="")
    InteractionFactory(lead=red, happened_at=LAST_WEEK, presales_hours=Decimal(3))
    DeliverableFactory(lead=red, happened_at=LAST_WEEK, hours=Decimal(4))
    InteractionFactory(lead=calm, happened_at=LAST_WEEK, presales_hours=Decimal(7))
    InteractionFactory(lead=calm, happened_at=MONDAY, presales_hours=Decimal(50))

    effort = told(founder()).effort

    assert (effort.hours, effort.red_hours, effort.red_share) == (14, 7, 0.5)


def test_the_mail_costs_the_same_queries_for_two_leads_and_for_forty(
    django_assert_num_queries,
):
    user = founder()
    for _number in range(2):
        InteractionFactory(lead=red_lead(), happened_at=LAST_WEEK)
        InvoiceFactory()
        approved(LeadFactory())
    with django_assert_num_queries(QUERIES):
        told(user)
    for _number in range(20):
        InteractionFactory(lead=red_lead(), happened_at=LAST_WEEK)
        InvoiceFactory()
        approved(LeadFactory())
    with django_assert_num_queries(QUERIES):
        told(user)


# The firm; money 2; decisions: all flagged, what may be asked, cost of an hour, earlier mails;
# news; the scores of both; hours 3; meetings; the scorer. Terms that alarm add one for their cash.
QUERIES = 14
