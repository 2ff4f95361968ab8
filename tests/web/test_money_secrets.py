"""Who learns nothing of whose money: a secret word, looked for on every page of money."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import FirmFigure, Invoice, PaymentMilestone, User
from crm.selectors import ageing
from crm.selectors import invoices as selector
from scoring import cash_runs
from tests.factories import (
    AccountFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    TeamFactory,
    UserFactory,
)
from tests.web.test_secrets import SECRET, telling, with_secrets

pytestmark = pytest.mark.django_db
Role = User.Role
DAY = timedelta(days=1)


@pytest.fixture
def bill() -> Invoice:
    """An overdue invoice whose every text holds the secret word, with its contract and a part."""
    today, now = timezone.localdate(), timezone.now()
    owner = UserFactory(role=Role.SELLER, team=TeamFactory())
    lead = LeadFactory(
        account=AccountFactory(name=f"{SECRET}公司"), owner=owner, title=SECRET, has_money=True
    )
    terms = PaymentTermsFactory(
        lead=lead, status="AGREED", note=SECRET, contract_amount=Decimal(100_000)
    )
    milestone = PaymentMilestoneFactory(
        lead=lead, terms=terms, label=SECRET, trigger=SECRET, accepted_date=today - 50 * DAY
    )
    PaymentMilestoneFactory(lead=lead, terms=terms, label=SECRET, position=1)
    for kind, amount in (("CASH", 90_000), ("MONTHLY_BURN", 20_000)):
        FirmFigure.objects.create(kind=kind, amount=amount, valid_from=now, recorded_at=now)
    made: Invoice = InvoiceFactory(
        lead=lead, account=lead.account, milestone=milestone, milestone_label=SECRET,
        number=SECRET, issued_date=today - 40 * DAY, due_date=today - 12 * DAY,
    )  # fmt: skip
    PaymentFactory(invoice=made, amount=Decimal(10), note=SECRET)
    cash_runs.foresee(now=now)
    return made


def pages(bill: Invoice) -> list[str]:
    """Return every address that could speak of an invoice or of what was agreed."""
    listed = reverse("money-invoices")
    ahead = PaymentMilestone.objects.get(position=1)
    return [
        *(f"{listed}?which={which}" for which in selector.WHICH),
        *(f"{listed}?sort={sort}" for sort in selector.SORTS),
        *(f"{listed}?age={age.replace('+', '%2B')}" for age in ageing.AGES),
        f"{listed}?lead={bill.lead_id}&account={bill.account_id}",
        reverse("invoice-new"),
        f"{reverse('invoice-new')}?q=貔",
        f"{reverse('invoice-new')}?milestone={ahead.pk}",
        f"{reverse('invoice-new')}?lead={bill.lead_id}",
        f"{reverse('invoice-export', args=['csv'])}?which=open",
        reverse("money-cash"),
        *(reverse(name, args=[bill.pk]) for name in ("invoice-detail", "invoice-edit")),
        *(
            reverse(name, args=[bill.lead_id])
            for name in ("lead-terms", "lead-terms-cash", "lead-terms-new", "lead-terms-clause")
        ),
        reverse("milestone-reached", args=[ahead.pk]),
        reverse("today"),
    ]


def test_the_word_is_found_where_money_may_be_read(bill: Invoice) -> None:
    for role in (Role.FOUNDER, Role.ACCOUNTANT):
        silent = {*pages(bill)} - {*telling(UserFactory(role=role), pages(bill))}
        assert {address.split("?")[0] for address in silent} <= {
            reverse("money-invoices"),  # a tab or an age that it is not in
            reverse("lead-terms-cash", args=[bill.lead_id]),
            reverse("today"),
        }


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER, Role.VIEWER])
def test_no_page_of_money_tells_of_a_lead_that_one_may_not_see(bill: Invoice, role: str) -> None:
    user = UserFactory(role=role, team=TeamFactory())

    # A manager may bill any account, and so learns that this one is known; no more.
    known = {f"{reverse('invoice-new')}?q=貔"} if role == Role.MANAGER else set()
    assert {*telling(user, pages(bill))} <= known


def test_an_accountant_finds_no_sales_notes_on_pages_of_money() -> None:
    lead = LeadFactory(has_money=True)
    terms = PaymentTermsFactory(lead=lead, status="AGREED")
    milestone = PaymentMilestoneFactory(lead=lead, terms=terms)
    PaymentMilestoneFactory(lead=lead, terms=terms, position=1)
    bill = InvoiceFactory(lead=lead, account=lead.account, milestone=milestone)
    with_secrets(lead)

    assert telling(UserFactory(role=Role.ACCOUNTANT), pages(bill)) == []
