"""How fast money comes in: DSO, and what says more with five deals a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Q, Sum

from crm.models import InvoiceForecast, Payment
from crm.models.money import InvoiceQuerySet

PERIOD_DAYS, YEAR_DAYS = 90, 365
MOST_INVOICES, MOST_ACCOUNTS = 3_000, 8
MAIN = "CNY"
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Delinquent:
    """How many days late a client pays on average, by amount; open ones count so far."""

    name: str
    account_id: int
    days: int
    count: int


@dataclass(frozen=True)
class Metrics:
    """The measures of a period, None where nothing was billed in it."""

    sales: Decimal
    days_sales_outstanding: int | None
    best_possible_days: int | None
    collected_percent: int | None
    contract_days: int | None
    days_to_cash: int | None
    clients: Sequence[Delinquent]
    count: int

    @property
    def delinquent_days(self) -> int | None:
        """Return the part of DSO that comes from what is overdue."""
        if self.days_sales_outstanding is None or self.best_possible_days is None:
            return None
        return self.days_sales_outstanding - self.best_possible_days

    @property
    def slippage_days(self) -> int | None:
        """Return how many days later than agreed the money comes."""
        if self.days_to_cash is None or self.contract_days is None:
            return None
        return self.days_to_cash - self.contract_days


def metrics(seen: InvoiceQuerySet, *, today: date) -> Metrics:
    """Return the measures of the last 90 days, and days to cash of the last year's invoices."""
    own = seen.filter(currency=MAIN, written_off_date=None)
    begin = today - timedelta(days=PERIOD_DAYS)
    sales = _total(own.filter(issued_date__gt=begin))
    owed = _receivable(own, today)
    current = _receivable(own.filter(due_date__gte=today), today)
    before = _receivable(own.filter(issued_date__lte=begin), begin)
    rows = _recent(own, today)
    collectable = before + sales - current
    return Metrics(
        sales=sales,
        days_sales_outstanding=_days(owed, sales),
        best_possible_days=_days(current, sales),
        collected_percent=round((before + sales - owed) / collectable * 100)
        if collectable > 0
        else None,
        contract_days=_weighted([(row["amount"], row["agreed"]) for row in rows]),
        days_to_cash=_weighted([(row["amount"], row["taken"]) for row in rows]),
        clients=_clients(rows),
        count=len(rows),
    )


def _total(invoices: InvoiceQuerySet) -> Decimal:
    return invoices.order_by().aggregate(total=Sum("amount"))["total"] or NOTHING


def _receivable(invoices: InvoiceQuerySet, day: date) -> Decimal:
    """Return what was billed and not paid at the end of a day."""
    billed = invoices.filter(issued_date__lte=day)
    paid = Payment.objects.filter(
        invoice__in=billed, paid_date__lte=day, archived_at=None
    ).aggregate(total=Sum("amount"))["total"]
    return max(_total(billed) - (paid or NOTHING), NOTHING)


def _days(owed: Decimal, sales: Decimal) -> int | None:
    return round(owed / sales * PERIOD_DAYS) if sales > 0 else None


def _recent(own: InvoiceQuerySet, today: date) -> list[dict[str, Any]]:
    """Return the last year's invoices with agreed days, days taken or foreseen, days late."""
    latest = InvoiceForecast.objects.aggregate(day=Max("as_of_date"))["day"]
    since = today - timedelta(days=YEAR_DAYS)
    rows: list[Any] = list(
        own.filter(Q(settled_date=None) | Q(issued_date__gt=since))
        .order_by("-issued_date", "-pk")
        .values("pk", "account_id", "amount", "issued_date", "due_date", "settled_date",
                name=F("account__name"))[:MOST_INVOICES]
    )  # fmt: skip
    foreseen = dict(
        InvoiceForecast.objects.filter(as_of_date=latest, invoice__settled_date=None)
        .values_list("invoice_id", "days_p50")
    )  # fmt: skip
    for row in rows:
        agreed = (row["due_date"] - row["issued_date"]).days
        if row["settled_date"]:
            late = (row["settled_date"] - row["due_date"]).days
        else:
            late = max(foreseen.get(row["pk"], 0), (today - row["due_date"]).days)
        so_far = ((row["settled_date"] or today) - row["due_date"]).days
        row |= {"agreed": agreed, "taken": agreed + late, "late": max(0, so_far)}
    return rows


def _weighted(told: Sequence[tuple[Decimal, int]]) -> int | None:
    whole = sum((amount for amount, _days in told), NOTHING)
    return round(sum(amount * days for amount, days in told) / whole) if whole else None


def _clients(rows: Sequence[dict[str, Any]]) -> list[Delinquent]:
    """Return the clients that pay the latest, by the days late of what they were billed."""
    told: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        told.setdefault(row["account_id"], []).append(row)
    found = [
        Delinquent(
            some[0]["name"],
            account,
            _weighted([(row["amount"], row["late"]) for row in some]) or 0,
            len(some),
        )
        for account, some in told.items()
    ]
    late = [one for one in found if one.days > 0]
    return sorted(late, key=lambda one: (-one.days, one.name))[:MOST_ACCOUNTS]
