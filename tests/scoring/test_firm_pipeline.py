"""What of offers and contracts stands in the firm's cash, and with which weight."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm.models import (
    FirmCash,
    FirmFigure,
)
from scoring import cash_runs
from tests.factories import (
    InvoiceFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
)
from tests.scoring.test_cash_runs import NOW, TODAY

pytestmark = pytest.mark.django_db


def test_an_open_offer_counts_by_its_chance_and_only_in_its_newest_version():
    lead = LeadFactory(order_chance=0.95)
    for days, amount in ((20, 9_000_000), (2, 200_000)):
        version = PaymentTermsFactory(
            lead=lead,
            status="PROPOSED_BY_US",
            contract_amount=amount,
            happened_at=NOW - timedelta(days=days),
        )
        PaymentMilestoneFactory(
            lead=lead,
            terms=version,
            share_percent=100,
            planned_date=TODAY + timedelta(days=10),
            term_days=5,
        )
    for kind in (FirmFigure.Kind.CASH, FirmFigure.Kind.MONTHLY_BURN):
        FirmFigure.objects.create(kind=kind, amount=100_000, valid_from=NOW, recorded_at=NOW)
    cash_runs.foresee(now=NOW)
    result = FirmCash.objects.get().result
    gain = result["with_pipeline"]["base"]["weeks"][-1] - result["base"]["base"]["weeks"][-1]
    assert gain == pytest.approx(212_000)


@pytest.mark.parametrize("signed", [None, TODAY])
def test_an_offer_without_dates_is_paid_so_many_days_after_its_signature(signed):
    lead = LeadFactory(order_chance=0.95)
    offer = PaymentTermsFactory(
        lead=lead,
        status="PROPOSED_BY_US",
        contract_amount=200_000,
        vat_percent=0,
        signed_date=signed,
    )
    PaymentMilestoneFactory(
        lead=lead, terms=offer, share_percent=100, planned_date=None, trigger_day=14, term_days=7
    )
    for kind in (FirmFigure.Kind.CASH, FirmFigure.Kind.MONTHLY_BURN):
        FirmFigure.objects.create(kind=kind, amount=1, valid_from=NOW, recorded_at=NOW)
    cash_runs.compute_firm(now=NOW)
    found = FirmCash.objects.get().result["with_pipeline"]["base"]["weeks"]
    assert found[1] < 1_000
    assert found[-1] > 150_000


def known_firm(amount=100_000):
    for kind in (FirmFigure.Kind.CASH, FirmFigure.Kind.MONTHLY_BURN):
        FirmFigure.objects.create(kind=kind, amount=amount, valid_from=NOW, recorded_at=NOW)


def counts():
    cash_runs.compute_firm(now=NOW)
    return FirmCash.objects.get().result["counts"]


def test_of_a_contract_that_was_replaced_only_what_was_reached_counts():
    known_firm()
    lead = LeadFactory()
    for days, reached in ((30, None), (30, TODAY), (3, None)):
        contract = PaymentTermsFactory(
            lead=lead,
            status="AGREED",
            contract_amount=200_000,
            happened_at=NOW - timedelta(days=days),
        )
        milestone = PaymentMilestoneFactory(
            lead=lead, terms=contract, share_percent=100, planned_date=TODAY, accepted_date=reached
        )
    assert counts()["signed"] == 2
    bill = InvoiceFactory(lead=lead, account=lead.account, milestone=milestone)
    assert counts() == {"open": 1, "signed": 1, "pipeline": 0}
    bill.archived_at = NOW  # a mistake that was put away bills nothing
    bill.save()
    assert counts() == {"open": 0, "signed": 2, "pipeline": 0}


def test_terms_that_say_only_in_sum_how_they_are_paid_are_part_of_the_pipeline():
    known_firm()
    PaymentTermsFactory(
        lead=LeadFactory(order_chance=0.5),
        status="PROPOSED_BY_CLIENT",
        contract_amount=Decimal(100_000),
        prepay_percent=30,
        retention_percent=0,
        vat_percent=0,
    )
    assert counts()["pipeline"] == 2
    weighted = FirmCash.objects.get().result["quarters"]["weighted"]
    assert sum(weighted.values()) == pytest.approx(50_000, abs=2)


def test_deals_for_a_name_or_a_lesson_bring_no_money_of_the_pipeline():
    known_firm()
    for kind in ("LOGO", "LEARNING"):
        lead = LeadFactory(deal_type=kind, order_chance=0.5)
        PaymentTermsFactory(
            lead=lead, status="PROPOSED_BY_CLIENT", contract_amount=9_000, prepay_percent=30
        )
    assert counts()["pipeline"] == 0


def test_money_of_another_currency_is_not_added_to_ours():
    known_firm()
    InvoiceFactory(currency="USD", issued_date=TODAY, due_date=TODAY)
    foreign = PaymentTermsFactory(
        lead=LeadFactory(order_chance=0.5), status="AGREED", contract_amount=9, currency="USD"
    )
    PaymentMilestoneFactory(lead=foreign.lead, terms=foreign, share_percent=100, planned_date=TODAY)
    assert counts() == {"open": 0, "signed": 0, "pipeline": 0}
