"""Invoices as pages show them: filtered, sorted, a page at a time, with what is foreseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.expressions import Combinable

from crm.models import Invoice, InvoiceReminder, User
from crm.models.money import InvoiceQuerySet
from crm.selectors import paging
from crm.selectors.ageing import AGES, in_age
from crm.selectors.invoice_rows import STEPS, Row, rows_of
from crm.selectors.paging import Key

PAGE_ROWS = 50
WEEK = timedelta(days=6)
MAIN = "CNY"
NOTHING = Decimal(0)
SORTS: Mapping[str, Key] = {
    "due": Key("due_date"),
    "-due": Key("due_date", down=True),
    "issued": Key("issued_date"),
    "-issued": Key("issued_date", down=True),
    "amount": Key("amount"),
    "-amount": Key("amount", down=True),
}
WHICH = ("open", "overdue", "soon", "paid", "disputed", "written_off", "all")


@dataclass(frozen=True)
class Asked:
    """Which invoices a reader asks for; what an address says wrongly is the usual."""

    which: str = "open"
    account: int = 0
    lead: int = 0
    age: str = ""
    currency: str = ""
    sort: str = "due"
    after: str = ""
    back: bool = False

    @property
    def keys(self) -> list[Key]:
        """Return the order, the newest row last among equals."""
        return [SORTS[self.sort], Key("pk", down=SORTS[self.sort].down)]


@dataclass(frozen=True)
class Counts:
    """How many invoices each tab holds."""

    open: int
    overdue: int
    soon: int
    paid: int
    disputed: int


@dataclass(frozen=True)
class Sums:
    """Open sums of the main currency, and those of others."""

    count: int
    open: Decimal
    overdue: Decimal
    soon: Decimal
    largest_overdue: Decimal
    others: Sequence[tuple[str, Decimal]]

    @property
    def later(self) -> Decimal:
        """Return what falls due after this week."""
        return self.open - self.overdue - self.soon


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    rows: Sequence[Row]
    after: str
    before: str


def seen_by(user: User) -> InvoiceQuerySet:
    """Return the invoices that a person may see."""
    return Invoice.objects.visible_to(user).filter(archived_at=None)


def still_open(invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    """Keep what is neither paid in full nor given up."""
    return invoices.filter(settled_date=None, written_off_date=None)


def asked_for(user: User, asked: Asked, *, today: date) -> InvoiceQuerySet:
    """Return the invoices that a reader asks for."""
    found = seen_by(user).filter(_of(asked.which, today=today))
    if asked.account:
        found = found.filter(account=asked.account)
    if asked.lead:
        found = found.filter(lead=asked.lead)
    if asked.currency:
        found = found.filter(currency=asked.currency)
    return found.filter(in_age(asked.age, today=today)) if asked.age in AGES else found


def _of(which: str, *, today: date) -> Q:
    is_open = Q(settled_date=None, written_off_date=None)
    return {
        "open": is_open,
        "overdue": is_open & Q(due_date__lt=today),
        "soon": is_open & Q(due_date__gte=today, due_date__lte=today + WEEK),
        "paid": Q(settled_date__isnull=False, written_off_date=None),
        "disputed": is_open & Q(disputed_date__isnull=False),
        "written_off": Q(written_off_date__isnull=False),
    }.get(which, Q())


def page(user: User, asked: Asked, *, today: date) -> Page:
    """Return a page of the list, found by the key of the row before it."""
    keys = asked.keys
    found = asked_for(user, asked, today=today)
    place = paging.read(asked.after, keys)
    if place is not None:
        found = found.filter(paging.beyond(keys, place, back=asked.back))
    ordered = found.select_related("account", "lead", "milestone").order_by(
        *paging.ordering(keys, back=asked.back)
    )
    shown = list(ordered[: PAGE_ROWS + 1])
    more, shown = len(shown) > PAGE_ROWS, shown[:PAGE_ROWS]
    if asked.back:
        shown.reverse()
    is_first = place is None or (asked.back and not more)
    is_last = not more if not asked.back else False
    return Page(
        rows_of(shown, today=today),
        after="" if is_last or not shown else paging.written(shown[-1], keys),
        before="" if is_first or not shown else paging.written(shown[0], keys),
    )


def counts(user: User, *, today: date) -> Counts:
    """Return how many invoices each tab holds, in one query."""
    told: dict[str, Any] = {
        name: Count("pk", filter=_of(name, today=today))
        for name in ("open", "overdue", "soon", "paid", "disputed")
    }
    return Counts(**seen_by(user).order_by().aggregate(**told))


def reminders_due(user: User, *, today: date) -> int:
    """Return how many open invoices have reached a step of the ladder that was not sent."""
    waiting = still_open(seen_by(user)).filter(disputed_date=None)
    found: Q | Combinable = Q(pk__in=[])
    for step, after in zip(STEPS, (*STEPS[1:], None), strict=True):
        reached = Q(due_date__lte=today - timedelta(days=step))
        if after is not None:
            reached &= Q(due_date__gt=today - timedelta(days=after))
        sent = InvoiceReminder.objects.filter(invoice=OuterRef("pk"), step__gte=step)
        found |= reached & ~Exists(sent)
    return waiting.filter(found).count()


def sums(user: User, *, today: date) -> Sums:
    """Return what is open and overdue, each currency by itself."""
    waiting = still_open(seen_by(user)).order_by()
    rest = Sum(F("amount") - F("paid_amount"))
    late, soon = _of("overdue", today=today), _of("soon", today=today)
    by_currency: dict[str, Any] = {
        row["currency"]: row
        for row in waiting.values("currency").annotate(
            count=Count("pk"),
            rest=rest,
            late=Sum(F("amount") - F("paid_amount"), filter=late),
            soon=Sum(F("amount") - F("paid_amount"), filter=soon),
        )
    }
    main: dict[str, Any] = by_currency.pop(MAIN, {})
    largest = (
        waiting.filter(late, currency=MAIN)
        .values("account")
        .annotate(rest=rest)
        .order_by("-rest")
        .values_list("rest", flat=True)
        .first()
    )
    return Sums(
        count=main.get("count", 0),
        open=main.get("rest") or NOTHING,
        overdue=main.get("late") or NOTHING,
        soon=main.get("soon") or NOTHING,
        largest_overdue=largest or NOTHING,
        others=sorted((code, row["rest"]) for code, row in by_currency.items()),
    )
