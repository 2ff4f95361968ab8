"""How old open invoices are, by days since their issue; retention stands by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, F, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from crm.models.money import InvoiceQuerySet

RETENTION_WORDS = ("retention", "Retention", "质保金", "尾款")
MOST_ACCOUNTS = 12
NOTHING = Decimal(0)
IS_RETENTION = Q(milestone__is_retention=True) | Q(milestone_label__in=RETENTION_WORDS)
AGES = {
    "0-30": "0–30",
    "31-60": "31–60",
    "61-120": "61–120",
    "120+": "> 120",
    "retention": _("retention"),
}


def in_age(age: str, *, today: date) -> Q:
    """Return the invoices of an age."""
    if age == "retention":
        return IS_RETENTION
    first, last = {"0-30": (0, 30), "31-60": (31, 60), "61-120": (61, 120)}.get(age, (121, None))
    since = Q(issued_date__lte=today - timedelta(days=first)) if first else Q()
    if last is not None:
        since &= Q(issued_date__gte=today - timedelta(days=last))
    return since & ~IS_RETENTION


@dataclass
class Aged:
    """The open sums of an account, or of all, by age."""

    name: str
    account_id: int | None = None
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Return what is open in all."""
        return sum(self.sums.values(), NOTHING)

    @property
    def cells(self) -> list[tuple[str, Decimal | None]]:
        """Return each age with its sum, None where nothing is open."""
        return [(age, self.sums.get(age)) for age in AGES]

    def add(self, sums: Mapping[str, Decimal]) -> None:
        """Add other sums, age by age."""
        for age, amount in sums.items():
            self.sums[age] = self.sums.get(age, NOTHING) + amount


@dataclass(frozen=True)
class Ageing:
    """Open invoices of one currency by account and age; a row for the rest, and the total."""

    rows: Sequence[Aged]
    rest: Aged | None
    rest_count: int
    total: Aged

    @property
    def shares(self) -> list[float | None]:
        """Return the share of each age in the total."""
        whole = self.total.total
        return [
            float(amount / whole) if amount and whole else None for _age, amount in self.total.cells
        ]


def ageing(invoices: InvoiceQuerySet, *, today: date) -> Ageing:
    """Sum open invoices of one currency by account and age; the largest debtors stand alone."""
    known = [When(in_age(age, today=today), then=Value(age)) for age in list(AGES)[:-1]]
    found = (
        invoices.order_by()
        .annotate(age=Case(When(IS_RETENTION, then=Value("retention")), *known))
        .values("account_id", "account__name", "age")
        .annotate(open=Sum(F("amount") - F("paid_amount")))
    )
    rows: dict[int, Aged] = {}
    total = Aged("")
    for row in found:
        one = rows.setdefault(row["account_id"], Aged(row["account__name"], row["account_id"]))
        sums = {row["age"] or "0-30": row["open"]}
        one.add(sums)
        total.add(sums)
    largest = sorted(rows.values(), key=lambda one: (-one.total, one.name))
    shown, others = largest[:MOST_ACCOUNTS], largest[MOST_ACCOUNTS:]
    rest = Aged("") if others else None
    for one in others:
        if rest is not None:
            rest.add(one.sums)
    return Ageing(shown, rest, len(others), total)
