"""How invoices are billed, corrected and taken as a file, and who sees them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Invoice, PaymentTerms, User
from crm.services import invoices
from tests.factories import (
    AccountFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.web.test_invoices import bill, detail, page, pay, today

pytestmark = pytest.mark.django_db


def agreed(**facts: object) -> PaymentTerms:
    """Return agreed terms of 100,000 with VAT of 6 % in three shares."""
    terms = PaymentTermsFactory(
        status=PaymentTerms.Status.AGREED, contract_amount=Decimal("99999.99"),
        vat_percent=Decimal(6), term_days=45, **facts,
    )  # fmt: skip
    for place, share in enumerate(("33.33", "33.33", "33.34")):
        PaymentMilestoneFactory(
            lead=terms.lead, terms=terms, share_percent=Decimal(share), position=place,
            label=f"part {place}",
        )  # fmt: skip
    return terms


def test_a_milestone_is_billed_to_the_cent_and_once(client: Client, founder: User):
    milestone = agreed().milestones.first()
    assert milestone
    address = f"{reverse('invoice-new')}?milestone={milestone.pk}"
    form = client.get(address).context["form"]
    told = {
        "number": "I-1", "amount": str(form.initial["amount"]), "currency": "CNY",
        "issued_date": today().isoformat(), "due_date": form.initial["due_date"].isoformat(),
        "token": uuid4().hex,
    }  # fmt: skip

    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 302  # the same form again

    made = Invoice.objects.get()
    assert (made.milestone, made.due_date) == (milestone, today() + timedelta(days=45))
    again = client.post(address, told | {"token": uuid4().hex, "number": "I-2"})
    assert again.status_code == 422
    assert "billed already" in again.content.decode()


def test_the_invoices_of_a_contract_add_up_to_it_with_its_vat():
    terms = agreed()

    amounts = [invoices.milestone_amount(one) for one in terms.milestones.all()]

    assert sum(filter(None, amounts)) == Decimal("105999.99")


def test_an_invoice_that_cannot_be_is_refused_beside_its_field(client: Client, founder: User):
    address = f"{reverse('invoice-new')}?lead={LeadFactory().pk}"
    told = {
        "number": "I-1", "amount": "10", "currency": "CNY", "issued_date": today().isoformat(),
        "due_date": (today() - timedelta(days=1)).isoformat(),
    }  # fmt: skip

    answer = client.post(address, told)

    assert answer.status_code == 422
    assert "It cannot fall due before it is issued." in answer.content.decode()
    assert not Invoice.objects.exists()


def test_the_file_holds_every_invoice_of_the_view(client: Client, founder: User):
    bill(due=10, number="=1+1")
    bill(due=-30, number="AHEAD")

    answer = client.get(reverse("invoice-export", args=["csv"]), {"which": "overdue"})
    text = b"".join(answer.streaming_content).decode()

    assert "'=1+1" in text
    assert "AHEAD" not in text
    workbook = client.get(reverse("invoice-export", args=["xlsx"]))
    assert b"".join(workbook.streaming_content)[:2] == b"PK"
    workbook.close()


def test_a_seller_sees_own_invoices_and_may_note_a_reminder_but_no_payment(client: Client):
    seller = UserFactory()
    own = bill(due=10, lead=LeadFactory(owner=seller), number="OWN")
    other = bill(due=10, number="OTHER")
    client.force_login(seller)

    assert "OTHER" not in page(client)
    assert client.get(detail(other)).status_code == 404
    assert client.post(reverse("invoice-remind", args=[own.pk]), {"step": 10}).status_code == 302
    assert pay(client, own)[0] == 403


def test_a_manager_bills_an_account_without_a_lead_and_finds_the_invoice_again(client: Client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    account = AccountFactory()
    address = f"{reverse('invoice-new')}?account={account.pk}"
    token = client.get(address).context["form"]["token"].value()
    day = timezone.localdate().isoformat()
    facts = {"number": "A-1", "amount": "900", "currency": "CNY", "token": token}

    made = client.post(address, facts | {"issued_date": day, "due_date": day})

    assert made.status_code == 302
    assert client.get(made["Location"]).status_code == 200
    assert "A-1" in page(client)
    client.force_login(UserFactory())
    assert client.get(made["Location"]).status_code == 404
