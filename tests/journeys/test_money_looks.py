"""What the pages of money hold to: no barrier, no sideways scrolling, light and dark."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crm.models import DealCost, FirmFigure, Invoice, Lead, PaymentTerms, User
from crm.services import cash
from scoring import cash_runs
from tests.factories import (
    AccountFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.journeys.test_looks import LOOKS, barriers

SignIn = Callable[[Page, User], None]


@pytest.fixture
def invoice(live_server: LiveServer) -> Invoice:
    """An overdue invoice of a client whose draft and our answer are on the table."""
    now, today = timezone.now(), timezone.localdate()
    account = AccountFactory(kind="GOVERNMENT", name="岫原新区政务中心")
    lead = LeadFactory(account=account, owner=UserFactory(role=User.Role.FOUNDER), order_chance=0.6)
    for kind, amount in (("CASH", 620_000), ("MONTHLY_BURN", 228_000)):
        FirmFigure.objects.create(kind=kind, amount=amount, valid_from=now, recorded_at=now)
    for days, status in ((9, "PROPOSED_BY_CLIENT"), (2, "PROPOSED_BY_US")):
        a_version(lead, status, days)
    cash.mark_due(list(PaymentTerms.objects.values_list("pk", flat=True)), now=now)
    cash_runs.compute_due(now=now)
    overdue = InvoiceFactory(
        lead=lead,
        account=account,
        number="NR-7",
        issued_date=today - timedelta(days=90),
        due_date=today - timedelta(days=37),
    )
    cash_runs.foresee(now=now)
    return overdue


def a_version(lead: Lead, status: str, days: int) -> None:
    """Write one version of the terms, with two payments and the cost of a team on site."""
    now = timezone.now()
    terms = PaymentTermsFactory(
        lead=lead,
        status=status,
        contract_amount=Decimal(480_000),
        accepted_by_audit=status == "PROPOSED_BY_CLIENT",
        term_days=90,
        happened_at=now - timedelta(days=days),
        recorded_at=now - timedelta(days=days),
    )
    for position, (label, share, day) in enumerate((("预付款", 30, 0), ("验收款", 70, 120))):
        PaymentMilestoneFactory(
            lead=lead,
            terms=terms,
            label=label,
            position=position,
            share_percent=share,
            trigger_day=day,
            is_acceptance=day > 0,
        )
    DealCost.objects.create(
        terms=terms, label="驻场", amount=60_000, from_day=0, to_day=120, recorded_at=now
    )


def addresses(invoice: Invoice) -> dict[str, str]:
    """Return each page of money that is looked at."""
    lead = invoice.lead_id
    newest = PaymentTerms.objects.latest("happened_at").pk
    return {
        "terms": reverse("lead-terms", args=[lead]),
        "terms form": reverse("lead-terms-new", args=[lead]),
        "terms correction": reverse("lead-terms-edit", args=[newest]),
        "clause": reverse("lead-terms-clause", args=[lead]),
        "invoices": reverse("money-invoices"),
        "overdue invoices": f"{reverse('money-invoices')}?show=overdue",
        "invoice": reverse("invoice-detail", args=[invoice.pk]),
        "invoice correction": reverse("invoice-edit", args=[invoice.pk]),
        "new invoice": reverse("invoice-new"),
        "cash": reverse("money-cash"),
    }


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_no_page_of_money_has_a_barrier_or_scrolls_sideways(
    page: Page,
    live_server: LiveServer,
    sign_in: SignIn,
    invoice: Invoice,
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    assert invoice.lead
    assert invoice.lead.owner
    User.objects.filter(pk=invoice.lead.owner_id).update(language=language)
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, invoice.lead.owner)

    found = []
    for name, address in addresses(invoice).items():
        answer = page.goto(live_server.url + address)
        assert answer
        assert answer.ok, name
        found += barriers(page, name, language)

    assert found == [], "\n".join(found)
