"""What the page of an invoice says of reminders, and when."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Invoice, InvoiceReminder, User
from tests.factories import InvoiceFactory

pytestmark = pytest.mark.django_db


def due(days_ago: int) -> Invoice:
    """Return an invoice that fell due so many days ago."""
    today = timezone.localdate()
    return InvoiceFactory(
        issued_date=today - timedelta(days=40), due_date=today - timedelta(days=days_ago)
    )


def text(client: Client, invoice: Invoice) -> str:
    """Return the page of an invoice."""
    return client.get(reverse("invoice-detail", args=[invoice.pk])).content.decode()


def test_no_message_says_that_an_invoice_fell_due_before_it_did(client: Client, founder: User):
    assert "fell due on" not in text(client, due(-20))
    assert "fell due on" not in text(client, due(0))
    assert "fell due on" in text(client, due(1))


def test_a_phone_call_of_the_ladder_is_made_not_sent(client: Client, founder: User):
    late = due(12)
    assert "Mark as called" in text(client, late)

    InvoiceReminder.objects.create(invoice=late, step=10, sent_at=timezone.now(), sent_by=founder)

    said = text(client, late)
    assert "Not called" in said
    assert "called " in said
    assert "Mark as called" not in said
