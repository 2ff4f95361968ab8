"""Invoices: billed from a milestone or freely, disputed, written off, put away again."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import update_change_reason

from crm import shares
from crm.models import Account, Firm, Invoice, Lead, PaymentMilestone, User
from crm.services import payments
from crm.services.errors import EditedMeanwhile, LedgerError

USUAL_VAT_PERCENT, USUAL_TERM_DAYS = Decimal(6), 30
LONGEST_REASON = 100


class InvoiceRefused(LedgerError):
    """An invoice that cannot be so; its text says what to correct."""


def milestone_amount(milestone: PaymentMilestone) -> Decimal | None:
    """Return what a milestone bills, VAT included, to the cent; None where it is not known.

    The milestones of terms add up to the contract with its VAT: cents go to the largest rest.
    """
    terms = milestone.terms
    if terms is None or terms.contract_amount is None or milestone.share_percent is None:
        return None
    vat = USUAL_VAT_PERCENT if terms.vat_percent is None else terms.vat_percent
    whole = terms.contract_amount + shares.tax(terms.contract_amount, vat)
    rows = [row for row in terms.milestones.all() if not row.archived_at]
    parts = shares.amounts(whole, [row.share_percent or Decimal(0) for row in rows])
    return dict(zip((row.pk for row in rows), parts, strict=True)).get(milestone.pk)


@transaction.atomic
def issue(
    *,
    account: Account,
    lead: Lead | None,
    milestone: PaymentMilestone | None,
    now: datetime,
    token: UUID,
    **facts: Any,
) -> Invoice:
    """Note an invoice, once for a token; raise InvoiceRefused for one that cannot be."""
    Account.objects.select_for_update().get(pk=account.pk)
    if made := Invoice.objects.filter(ledger_id=token.hex).first():
        return made
    _check(account, now=now, **facts)
    if milestone is not None and milestone.invoices.filter(archived_at=None).exists():
        raise InvoiceRefused(_("This milestone was billed already. Open its invoice instead."))
    invoice = Invoice.objects.create(
        account=account, lead=lead, milestone=milestone,
        ledger_id=token.hex, recorded_at=now, **facts,
    )  # fmt: skip
    if lead is not None:
        Lead.objects.filter(pk=lead.pk, has_money=False).update(has_money=True)
    _follow(invoice, now=now)
    return invoice


@transaction.atomic
def change(*, invoice: Invoice, version: int, now: datetime, **facts: Any) -> Invoice:
    """Correct what an invoice says; raise EditedMeanwhile, or InvoiceRefused."""
    locked = _claim(invoice, version)
    _check(locked.account, now=now, but=locked, **facts)
    first = locked.payments.filter(archived_at=None).order_by("paid_date").first()
    if first and first.paid_date < facts["issued_date"]:
        raise InvoiceRefused(
            _("Something was paid on %(day)s already, before this day of issue.")
            % {"day": first.paid_date.isoformat()}
        )
    if locked.payments.filter(archived_at=None).exists() and (facts["currency"] != locked.currency):
        raise InvoiceRefused(_("Payments came in already, so the currency stays as it is."))
    for name, value in facts.items():
        setattr(locked, name, value)
    payments.settle(locked, now=now)
    return locked


def _check(
    account: Account,
    *,
    number: str,
    amount: Decimal,
    issued_date: date,
    due_date: date,
    now: datetime,
    but: Invoice | None = None,
    **_facts: Any,
) -> None:
    today = now.astimezone(Firm.current().zone).date()
    if amount <= 0:
        raise InvoiceRefused(_("An invoice is above zero. Take a sum back as a credit note."))
    if issued_date > today:
        raise InvoiceRefused(_("The day of issue is still to come."))
    if due_date < issued_date:
        raise InvoiceRefused(_("It cannot fall due before it is issued."))
    same = Invoice.objects.filter(account=account, number=number, archived_at=None)
    if number and (same.exclude(pk=but.pk) if but else same).exists():
        raise InvoiceRefused(_("This client has an invoice of this number already."))


@transaction.atomic
def dispute(*, invoice: Invoice, version: int, on: date | None, now: datetime) -> Invoice:
    """Note since when the client disputes an invoice, None once that is settled."""
    locked = _claim(invoice, version)
    _refuse_day(locked, on, now)
    locked.disputed_date = on
    return _saved(locked, now)


@transaction.atomic
def write_off(
    *, invoice: Invoice, version: int, on: date | None, reason: str, now: datetime, by: User
) -> Invoice:
    """Give the rest of an invoice up, and keep why and who; None takes that back."""
    locked = _claim(invoice, version)
    _refuse_day(locked, on, now)
    if on is not None and not reason.strip():
        raise InvoiceRefused(_("Say why, so that it can be understood later."))
    locked.written_off_date = on
    said = f"{reason.strip()[: LONGEST_REASON - 30]} ({by})"[:LONGEST_REASON]
    locked.write_off_reason = said if on else ""
    saved = _saved(locked, now)
    update_change_reason(saved, said)
    return saved


@transaction.atomic
def put_away(*, invoice: Invoice, version: int, now: datetime) -> Invoice:
    """Put an invoice away that was a mistake; one that was paid of stays."""
    locked = _claim(invoice, version)
    if locked.payments.filter(archived_at=None).exists():
        raise InvoiceRefused(_("Something was paid of it. Take the payments back first."))
    locked.archived_at = now
    return _saved(locked, now)


def _refuse_day(invoice: Invoice, day: date | None, now: datetime) -> None:
    if day is None:
        return
    if day > now.astimezone(Firm.current().zone).date():
        raise InvoiceRefused(_("This day is still to come."))
    if day < invoice.issued_date:
        raise InvoiceRefused(
            _("This invoice was issued on %(day)s.") % {"day": invoice.issued_date.isoformat()}
        )


def _claim(invoice: Invoice, version: int) -> Invoice:
    current = Invoice.objects.select_for_update().filter(pk=invoice.pk, version=version)
    if (locked := current.first()) is None:
        raise EditedMeanwhile
    return locked


def _saved(invoice: Invoice, now: datetime) -> Invoice:
    invoice.version += 1
    invoice.save()
    _follow(invoice, now=now)
    return invoice


def _follow(invoice: Invoice, *, now: datetime) -> None:
    """Mark the leads that it speaks about, and ask for new forecasts."""
    payments.follow([invoice.pk], now=now)
