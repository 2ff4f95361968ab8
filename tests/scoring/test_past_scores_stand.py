"""A score of a past moment stays what it was, whatever people record after it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm.models import Interaction, Lead, LeadFact, Outcome, PaidStepOffer, Target, User
from crm.services import labels, leads, payments, talks
from tests.factories import (
    MONDAY,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaidStepOfferFactory,
    PaymentFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.scoring import said

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)
BEFORE = MONDAY - timedelta(days=5)  # a day that later words may be about


def said_at(moment: Any) -> dict[tuple[int, str], Any]:
    """Return what is said of every lead at a moment, figures of the vendor counted afresh."""
    return said.said_at(moment, now=LATER, refresh_usual=True)


@pytest.fixture
def founder() -> User:
    return UserFactory(role=User.Role.FOUNDER)


@pytest.fixture
def lead() -> Lead:
    """A lead with talks, an offer, terms and an invoice, beside another of the same account."""
    lead = LeadFactory()
    for days_ago in (60, 50, 40, 30):
        InteractionFactory(lead=lead, happened_at=MONDAY - timedelta(days=days_ago))
    DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(days=29))
    PaidStepOfferFactory(lead=lead, happened_at=MONDAY - timedelta(days=28))
    PaymentTermsFactory(lead=lead)
    PaymentMilestoneFactory(lead=lead, planned_date=(MONDAY - timedelta(days=60)).date())
    InvoiceFactory(lead=lead)
    LeadFactory(account=lead.account)
    return lead


def a_talk(lead: Lead, founder: User) -> None:
    talks.log(
        lead=lead,
        kind=Interaction.Kind.VISIT_TO_CLIENT,
        happened_at=BEFORE,
        now=LATER,
        author=founder,
        token=uuid4(),
        attendees=[ContactFactory(account=lead.account)],
        new_person="李娜",
        handed_over=talks.HandedOver("SOLUTION_DOC", 5, override_reason="the founder asked for it"),
        asks=["SOLUTION_DOC"],
        budget_stage="APPROVED",
        budget_holder_present=True,
    )


def a_fact(lead: Lead, founder: User) -> None:
    for kind, value in (
        (LeadFact.Kind.LEADERSHIP_STANCE, "VETO"),
        (LeadFact.Kind.WORK_STARTED, ""),
    ):
        leads.note_fact(
            lead=lead, kind=kind, value=value, happened_at=BEFORE, now=LATER, author=founder
        )


def an_answer(lead: Lead, founder: User) -> None:
    lead.paid_step_offers.update(
        answer=PaidStepOffer.Answer.ACCEPTED, answered_at=BEFORE, answer_recorded_at=LATER
    )


def a_stage(lead: Lead, founder: User) -> None:
    leads.move(
        lead=lead,
        to_stage="CONTRACT",
        version=lead.version,
        now=LATER,
        by=founder,
        despite=True,
    )


def an_end(lead: Lead, founder: User) -> None:
    leads.close(
        lead=lead, outcome=Outcome.WON, version=lead.version, now=LATER, by=founder, is_guess=False
    )


def the_end_of_a_sibling(lead: Lead, founder: User) -> None:
    sibling = lead.account.leads.exclude(pk=lead.pk).get()
    an_end(sibling, founder)


def a_label_of_one_closed_long_ago(lead: Lead, founder: User) -> None:
    closed = Lead.objects.get(title="closed long ago")
    labels.label(
        lead=closed,
        outcome=Outcome.WON,
        version=closed.version,
        is_guess=False,
        now=LATER,
        by=founder,
    )


def a_payment(lead: Lead, founder: User) -> None:
    payments.record(
        invoice=lead.invoices.get(),
        amount=Decimal(96_000),
        paid_date=BEFORE.date(),
        now=LATER,
        author=founder,
    )


def an_acceptance(lead: Lead, founder: User) -> None:
    lead.milestones.update(accepted_date=BEFORE.date(), accepted_recorded_at=LATER)


def new_terms(lead: Lead, founder: User) -> None:
    PaymentTermsFactory(
        lead=lead, happened_at=BEFORE, recorded_at=LATER, prepay_percent=0, term_days=120
    )


def another_invoice(lead: Lead, founder: User) -> None:
    InvoiceFactory(lead=lead, recorded_at=LATER)


@pytest.mark.parametrize(
    "later",
    [a_talk, a_fact, an_answer, a_stage, an_end, the_end_of_a_sibling,
     a_label_of_one_closed_long_ago, a_payment, an_acceptance, new_terms, another_invoice],
    ids=lambda each: each.__name__,
)  # fmt: skip
def test_a_score_of_a_past_moment_stays_whatever_is_recorded_later(
    lead: Lead, founder: User, later: Any
) -> None:
    closed = LeadFactory(title="closed long ago", closed_at=MONDAY - timedelta(days=20))
    PaymentTermsFactory(lead=closed)
    before = said_at(MONDAY)

    later(lead, founder)

    assert said_at(MONDAY) == before
    assert {target for _lead, target in before} == {Target.NO_ORDER, Target.LATE_PAYMENT}


def test_a_forgotten_payment_found_later_takes_no_paid_invoice_back(lead: Lead) -> None:
    invoice = lead.invoices.get()
    for days, amount in ((60, 40_000), (50, 56_000)):
        day = MONDAY - timedelta(days=days)
        PaymentFactory(invoice=invoice, amount=amount, paid_date=day.date(), recorded_at=day)
    before = said_at(MONDAY)

    forgotten = (MONDAY - timedelta(days=60)).date()
    PaymentFactory(invoice=invoice, amount=96_000, paid_date=forgotten, recorded_at=LATER)

    assert said_at(MONDAY) == before
