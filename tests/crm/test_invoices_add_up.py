"""Cents, VAT and parts always add up, whatever comes in and in which order."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from crm import shares
from crm.models import Invoice, Payment
from crm.services import payments
from tests.factories import MONDAY, InvoiceFactory

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")


@pytest.mark.parametrize("seed", range(4))
def test_parts_add_up_and_an_open_invoice_is_never_taken_as_paid(seed: int):
    random = Random(seed)
    amount = CENT * random.randint(1_000, 10_000_000)
    invoice, came = InvoiceFactory(amount=amount), Decimal(0)

    for _part in range(8):
        part = CENT * random.randint(1, 2_000_000)
        day = MONDAY.date() - timedelta(days=random.randint(0, 100))
        payments.record(invoice=invoice, amount=part, paid_date=day, now=MONDAY, author=None)
        came += part
        stored = Invoice.objects.get()
        assert stored.paid_amount == came
        assert stored.receivable_amount == max(amount - came, Decimal(0))
        assert (stored.settled_date is None) == (came < amount)
        assert Invoice.objects.unpaid().exists() == (came < amount)

    for payment in Payment.objects.all():
        payments.take_back(payment=payment, now=MONDAY)
    stored = Invoice.objects.get()
    assert (stored.paid_amount, stored.settled_date) == (Decimal(0), None)


@pytest.mark.parametrize("seed", range(20))
def test_milestones_with_vat_add_up_to_the_contract(seed: int):
    random = Random(seed)
    net = CENT * random.randint(1, 10**9)
    whole = net + shares.tax(net, Decimal(random.choice((0, 6, 9, 13))))
    cuts = sorted(random.randint(0, 10_000) for _cut in range(3))
    parts = [
        Decimal(after - before) / 100
        for before, after in zip([0, *cuts], [*cuts, 10_000], strict=True)
    ]

    assert sum(shares.amounts(whole, parts)) == whole
