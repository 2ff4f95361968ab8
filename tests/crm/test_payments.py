"""What holds when money comes in."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm.models import Invoice, Lead
from crm.services import payments
from crm.services.payments import PaymentRefused
from tests.factories import MONDAY, InvoiceFactory, LeadFactory, PaymentFactory

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


def pay(invoice: Invoice, amount: int, days_ago: int = 0) -> Invoice:
    """Record a payment and return the invoice as stored."""
    payments.record(
        invoice=invoice,
        amount=Decimal(amount),
        paid_date=TODAY - timedelta(days=days_ago),
        now=MONDAY,
        author=None,
    )
    return Invoice.objects.get(pk=invoice.pk)


def test_a_part_leaves_the_rest_open():
    invoice = pay(InvoiceFactory(amount=Decimal(1000)), 400)

    assert (invoice.paid_amount, invoice.settled_date) == (Decimal(400), None)
    assert invoice.receivable_amount == Decimal(600)


def test_an_invoice_is_settled_on_the_day_that_the_last_part_came_in():
    invoice = InvoiceFactory(amount=Decimal(1000))
    pay(invoice, 600, days_ago=1)
    pay(invoice, 400, days_ago=9)

    invoice.refresh_from_db()
    assert invoice.settled_date == TODAY - timedelta(days=1)


def test_too_much_settles_the_invoice_and_is_kept():
    invoice = pay(InvoiceFactory(amount=Decimal(1000)), 1200)

    assert (invoice.paid_amount, invoice.settled_date) == (Decimal(1200), TODAY)
    assert not Invoice.objects.unpaid().exists()


def test_money_taken_back_opens_the_invoice_again():
    invoice = InvoiceFactory(amount=Decimal(1000))
    pay(invoice, 1000, days_ago=5)

    invoice = pay(invoice, -300)

    assert (invoice.paid_amount, invoice.settled_date) == (Decimal(700), None)


def test_no_more_is_taken_back_than_came_in():
    invoice = pay(InvoiceFactory(), 100)

    with pytest.raises(PaymentRefused, match="Only ¥100 came in"):
        pay(invoice, -101)


@pytest.mark.parametrize(("amount", "days_ago"), [(0, 0), (100, -1)])
def test_a_payment_of_nothing_or_of_tomorrow_is_refused(amount, days_ago):
    with pytest.raises(PaymentRefused):
        pay(InvoiceFactory(), amount, days_ago)


def test_an_invoice_that_was_put_away_takes_no_payment():
    with pytest.raises(PaymentRefused, match="Bring it back"):
        pay(InvoiceFactory(archived_at=MONDAY), 100)


def test_a_payment_marks_the_open_leads_of_the_account_for_a_new_score():
    invoice = InvoiceFactory()
    other = LeadFactory(account=invoice.account)
    closed, foreign = LeadFactory(account=invoice.account, closed_at=MONDAY), LeadFactory()

    pay(invoice, 100)

    due = set(Lead.objects.filter(assessment_due_at=MONDAY))
    assert due == {invoice.lead, other}
    assert due.isdisjoint({closed, foreign})


def test_a_payment_leaves_a_trail_on_the_invoice():
    invoice = pay(InvoiceFactory(), 100)

    assert invoice.history.order_by("history_id").last().paid_amount == Decimal(100)


def test_a_recount_writes_only_what_changed():
    right, wrong = InvoiceFactory(), InvoiceFactory(paid_amount=Decimal(5))
    PaymentFactory(invoice=wrong, amount=Decimal(96_000))
    PaymentFactory(invoice=wrong, amount=Decimal(7), archived_at=MONDAY)

    assert payments.recount([right.pk, wrong.pk]) == [wrong.pk]

    wrong.refresh_from_db()
    assert (wrong.paid_amount, wrong.settled_date) == (Decimal(96_000), TODAY)
