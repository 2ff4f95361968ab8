"""Money that comes in: payments, and what an invoice's own row says of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm import formats
from crm.models import Firm, Invoice, Lead, Payment, User
from crm.services import cash, forecasts, leads
from crm.services.columns import write_columns
from crm.services.errors import LedgerError

IDS_A_STATEMENT = 500
NOTHING = Decimal(0)


class PaymentRefused(LedgerError):
    """A payment that cannot be so; its text says what to correct."""


class CreditNoteTooLarge(PaymentRefused):
    """Credit notes would take back more than an invoice ever billed."""


@transaction.atomic
def record(
    *,
    invoice: Invoice,
    amount: Decimal,
    paid_date: date,
    now: datetime,
    author: User | None,
    note: str = "",
    kind: Payment.Kind = Payment.Kind.MONEY,
    token: UUID | None = None,
) -> Payment:
    """Record money that came in, in part, in full or above; below zero takes some back.

    The same token again returns the payment that it recorded the first time. Raises
    PaymentRefused for a payment of nothing, in the future or before the invoice, of an invoice
    that was put away, one that takes back more than came in, or a credit note above the invoice.
    """
    locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if token and (made := Payment.objects.filter(ledger_id=token.hex).first()):
        return made
    check(invoice=locked, amount=amount, paid_date=paid_date, now=now)
    if kind == Payment.Kind.CREDIT_NOTE:
        _check_credit(locked, amount)
    payment = Payment.objects.create(
        invoice=locked,
        amount=amount,
        paid_date=paid_date,
        recorded_at=now,
        author=author,
        note=note,
        kind=kind,
        **({"ledger_id": token.hex} if token else {}),
    )
    settle(locked, now=now)
    invoice.paid_amount, invoice.settled_date = locked.paid_amount, locked.settled_date
    return payment


def _check_credit(invoice: Invoice, amount: Decimal) -> None:
    """Raise CreditNoteTooLarge where credit notes would be above what was billed."""
    notes = invoice.payments.filter(archived_at=None, kind=Payment.Kind.CREDIT_NOTE)
    left = invoice.amount - sum((note.amount for note in notes), NOTHING)
    if amount > left:
        raise CreditNoteTooLarge(
            _("A credit note takes back at most what was billed; %(left)s are left of that.")
            % {"left": formats.money_in_full(left, invoice.currency)}
        )


def check(
    *,
    invoice: Invoice,
    amount: Decimal,
    paid_date: date,
    now: datetime,
    instead_of: Payment | None = None,
) -> None:
    """Raise PaymentRefused for a payment that cannot be so; `instead_of` is the one it replaces."""
    before = instead_of.amount if instead_of and not instead_of.archived_at else NOTHING
    if invoice.archived_at:
        raise PaymentRefused(_("This invoice was put away. Bring it back first."))
    if amount == 0:
        raise PaymentRefused(_("A payment of nothing is none. Write what came in."))
    if paid_date > now.astimezone(Firm.current().zone).date():
        raise PaymentRefused(_("This day is still to come. Write the day the money came in."))
    if paid_date < invoice.issued_date:
        raise PaymentRefused(
            _("This invoice was issued on %(day)s; nothing was paid of it before.")
            % {"day": invoice.issued_date.isoformat()}
        )
    if invoice.paid_amount - before + amount < 0:
        raise PaymentRefused(
            _("Only %(amount)s came in so far; no more can be taken back.")
            % {"amount": formats.money_in_full(invoice.paid_amount - before, invoice.currency)}
        )


@transaction.atomic
def take_back(*, payment: Payment, now: datetime) -> Invoice:
    """Put a payment away, so that its invoice is as if it had not come; twice does no more."""
    invoice = Invoice.objects.select_for_update().get(pk=payment.invoice_id)
    current = Payment.objects.get(pk=payment.pk)
    if current.archived_at is None:
        current.archived_at = now
        current.save()
        settle(invoice, now=now)
    return invoice


def settle(invoice: Invoice, *, now: datetime) -> None:
    """Bring an invoice up to date with its payments and mark the leads that it speaks about."""
    paid = invoice.payments.filter(archived_at=None).order_by("paid_date", "pk")
    rows = list(paid.values_list("paid_date", "amount"))
    invoice.paid_amount = sum((amount for _day, amount in rows), NOTHING)
    if invoice.paid_amount < 0:
        raise PaymentRefused(_("More would be taken back of this invoice than came in."))
    invoice.settled_date = settled_on(invoice.amount, rows)
    invoice.version += 1
    invoice.save()
    follow([invoice.pk], now=now)


def follow(invoice_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Ask for new scores, cash curves and forecasts after invoices changed; return the leads."""
    concerned: set[int] = set()
    for start in range(0, len(invoice_ids), IDS_A_STATEMENT):
        concerned |= set(concerned_leads(invoice_ids[start : start + IDS_A_STATEMENT]))
    ordered = sorted(concerned)
    leads.mark_for_scoring(ordered, now=now)
    cash.mark_leads(ordered, now=now)
    forecasts.ask(now=now)
    return ordered


def settled_on(amount: Decimal, payments: Iterable[tuple[date, Decimal]]) -> date | None:
    """Return the day since which an invoice is paid in full, None while it is not."""
    paid, since = NOTHING, None
    for day, part in payments:
        paid += part
        if paid < amount:
            since = None
        elif since is None:
            since = day
    return since


def recount(invoice_ids: Sequence[int]) -> list[int]:
    """Recount the paid sums of many invoices and return those that changed; keeps no trail."""
    changed: list[int] = []
    for start in range(0, len(invoice_ids), IDS_A_STATEMENT):
        changed += _recount(invoice_ids[start : start + IDS_A_STATEMENT])
    return changed


def _recount(ids: Sequence[int]) -> list[int]:
    payments = Payment.objects.filter(invoice__in=ids, archived_at=None).order_by(
        "invoice", "paid_date", "pk"
    )
    rows = payments.values_list("invoice_id", "paid_date", "amount")
    paid = {
        invoice: [(day, amount) for _pk, day, amount in group]
        for invoice, group in groupby(rows, key=lambda row: row[0])
    }
    changed: list[tuple[int, Decimal, date | None]] = []
    invoices = Invoice.objects.filter(pk__in=ids).values_list(
        "pk", "amount", "paid_amount", "settled_date"
    )
    for pk, amount, paid_before, settled_before in invoices:
        parts = paid.get(pk, [])
        total, since = sum((part for _day, part in parts), NOTHING), settled_on(amount, parts)
        if (paid_before, settled_before) != (total, since):
            changed.append((pk, total, since))
    if changed:
        write_columns(Invoice, ["paid_amount", "settled_date"], changed)
    return [pk for pk, _total, _since in changed]


def concerned_leads(invoice_ids: Sequence[int]) -> list[int]:
    """Return the open leads whose late-payment risk follows from how an account pays."""
    accounts = Invoice.objects.filter(pk__in=invoice_ids).values("account_id")
    own = Invoice.objects.filter(pk__in=invoice_ids).exclude(lead=None).values("lead_id")
    running = Lead.objects.open().filter(account__in=accounts)
    return sorted({*running.values_list("pk", flat=True), *own.values_list("lead_id", flat=True)})
