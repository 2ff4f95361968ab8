"""Accounts with what is known of them: leads, people, hours, money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from crm import rules
from crm.models import Account, Contact, Decision, Invoice, Lead, Outcome, User
from crm.models.account import AccountQuerySet
from crm.models.lead import LeadQuerySet
from crm.models.money import InvoiceQuerySet

PAGE_ROWS = 50
MOST_ROWS = 50
MOST_DECISIONS = 20
MONEY = DecimalField(max_digits=18, decimal_places=2)
HOURS = DecimalField(max_digits=9, decimal_places=1)


@dataclass(frozen=True)
class InvoiceRow:
    """One invoice with how late it is, or was paid."""

    invoice: Invoice
    days_late: int
    level: str


@dataclass(frozen=True)
class AccountPage:
    """What the page of one account shows; each list holds at most 50 rows."""

    leads: Sequence[Lead]
    contacts: Sequence[Contact]
    invoices: Sequence[InvoiceRow]
    decisions: Sequence[Decision]
    unpaid_hours: Decimal
    travel_amount: Decimal
    orders: int
    ended_without_order: int
    open_amounts: Mapping[str, Decimal]
    median_days_late: float | None
    paid_invoices: int


def listed(user: User, words: str) -> AccountQuerySet:
    """Return the accounts that a user may see and that hold the words, with their sums."""
    accounts = Account.objects.visible_to(user).current()
    plain = words.strip()
    if plain:
        keys = plain.lower().replace(" ", "")
        accounts = accounts.filter(
            Q(name__icontains=plain) | Q(pinyin__contains=keys) | Q(initials__contains=keys)
        )
    leads = Lead.objects.visible_to(user).filter(account=OuterRef("pk"), archived_at=None)
    return accounts.annotate(
        open_leads=_of(leads.filter(closed_at=None), Count("pk"), Value(0)),
        orders=_of(leads.filter(outcome=Outcome.WON), Count("pk"), Value(0)),
        ended=_of(
            leads.filter(closed_at__isnull=False).exclude(outcome=Outcome.WON),
            Count("pk"),
            Value(0),
        ),
        hours=_of(leads, Sum("unpaid_hours", output_field=HOURS), Value(Decimal(0)), HOURS),
    ).order_by("pinyin", "pk")


def _of(
    leads: LeadQuerySet,
    aggregate: Count | Sum,
    empty: Value,
    output: "DecimalField[Any, Any] | None" = None,
) -> Coalesce:
    counted = leads.order_by().values("account").annotate(n=aggregate).values("n")
    return Coalesce(Subquery(counted), empty, output_field=output)


def page_of(accounts: AccountQuerySet, number: int, user: User) -> tuple[list[Any], bool]:
    """Return one page of accounts with what they owe by currency, and whether another follows."""
    start = (number - 1) * PAGE_ROWS
    found: list[Any] = list(accounts[start : start + PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    owed = _owed(Invoice.objects.visible_to(user).filter(account__in=shown))
    for account in shown:
        account.open_amounts = owed.get(account.pk, {})
    return shown, len(found) > PAGE_ROWS


def _owed(invoices: InvoiceQuerySet) -> dict[int, dict[str, Decimal]]:
    """Return what is open of invoices, by account and currency."""
    unpaid: Any = invoices.unpaid().order_by("currency").values_list("account", "currency")
    owed: dict[int, dict[str, Decimal]] = {}
    for account, currency, rest in unpaid.annotate(rest=Sum(F("amount") - F("paid_amount"))):
        owed.setdefault(account, {})[currency] = rest
    return owed


def page(account: Account, user: User, *, today: date) -> AccountPage:
    """Return what the page of one account shows to this user."""
    visible = Lead.objects.visible_to(user).filter(account=account, archived_at=None)
    order = F("closed_at").desc(nulls_first=True), "-opened_at"
    decided = Decision.objects.visible_to(user).filter(lead__account=account, archived_at=None)
    return AccountPage(
        leads=list(visible.select_related("owner").order_by(*order)[:MOST_ROWS]),
        contacts=list(Contact.objects.filter(account=account, archived_at=None)[:MOST_ROWS]),
        decisions=list(
            decided.select_related("lead", "decided_by").order_by("-happened_at", "-pk")[
                :MOST_DECISIONS
            ]
        ),
        **_effort(visible),
        **_money(Invoice.objects.visible_to(user).filter(account=account, archived_at=None), today),
    )


def _effort(leads: LeadQuerySet) -> dict[str, Any]:
    """Return the hours, travel and ends of an account's leads."""
    sums = leads.aggregate(
        hours=Sum("unpaid_hours"),
        travel=Sum("travel_amount"),
        orders=Count("pk", filter=Q(outcome=Outcome.WON)),
        ended=Count("pk", filter=Q(closed_at__isnull=False) & ~Q(outcome=Outcome.WON)),
    )
    return {
        "unpaid_hours": sums["hours"] or Decimal(0),
        "travel_amount": sums["travel"] or Decimal(0),
        "orders": sums["orders"],
        "ended_without_order": sums["ended"],
    }


def _money(invoices: InvoiceQuerySet, today: date) -> dict[str, Any]:
    """Return an account's latest invoices, how late they were paid, and all that is open."""
    latest = list(invoices.select_related("lead").order_by("-issued_date", "-pk")[:MOST_ROWS])
    rows = [_row(invoice, today) for invoice in latest]
    paid = [row.invoice for row in rows if row.invoice.settled_date]
    late = [(each.settled_date - each.due_date).days for each in paid if each.settled_date]
    return {
        "invoices": rows,
        "open_amounts": next(iter(_owed(invoices).values()), {}) if latest else {},
        "median_days_late": median(late) if late else None,
        "paid_invoices": len(late),
    }


def _row(invoice: Invoice, today: date) -> InvoiceRow:
    ended = invoice.settled_date or invoice.written_off_date
    late = rules.days_overdue(due_date=invoice.due_date, paid_date=ended, as_of=today)
    return InvoiceRow(invoice, late, rules.lateness_level(late))
