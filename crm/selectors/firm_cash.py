"""The firm's cash as its page shows it, from what the worker computed; nothing is drawn here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from crm import cash_chart
from crm.cash_chart import Chart
from crm.models import FirmCash, FirmFigure, Lead, PaymentTerms, User

WEEK = timedelta(days=7)
SHOWN_WEEKS = (0, 3, 6, 9, 12, 16, 20, 23, 26)
LINES = ("base", "base_low", "later", "none")
ALARM_MONTHS = 2
LIMIT = 0.30  # of cash that one client may hold before it is amber
MOST_QUARTERS = 6
MOST_DRAFTS = 2
WORTH_SAYING = Decimal("0.1")  # of a month of burn


@dataclass(frozen=True)
class Line:
    """One assumption: what is left at the end of each week, its low point and when it is empty."""

    name: str
    weeks: Sequence[int]
    low: Decimal
    low_date: date
    empty_date: date | None

    def level(self, amount: int, burn: float) -> str:
        """Return red below zero, amber below two months of burn, else nothing."""
        if amount < 0:
            return "red"
        return "amber" if amount < ALARM_MONTHS * burn else ""


@dataclass(frozen=True)
class Quarter:
    """What is expected in a quarter: from what is signed, and from the pipeline by its chance."""

    name: str
    signed: Decimal
    weighted: Decimal


@dataclass(frozen=True)
class DraftEffect:
    """What signing a draft as it is does to the low point of the base."""

    terms: PaymentTerms
    before: Decimal
    after: Decimal
    day: date

    @classmethod
    def of(cls, terms: PaymentTerms, told: Mapping[str, Any]) -> "DraftEffect":
        """Read what the worker computed of some terms."""
        return cls(
            terms, Decimal(told["from"]), Decimal(told["to"]), date.fromisoformat(told["date"])
        )

    @property
    def is_ours(self) -> bool:
        """Say whether it is our own proposal."""
        return self.terms.status == PaymentTerms.Status.PROPOSED_BY_US


@dataclass(frozen=True)
class CashPage:
    """The firm's cash of the next 26 weeks."""

    start: date
    made_at: datetime
    cash: Decimal
    burn: Decimal
    counts: Mapping[str, int]
    lines: Mapping[str, Line]
    quarters: Sequence[Quarter]
    with_pipeline: bool
    told_drafts: Sequence[Mapping[str, Any]] = ()

    @property
    def alarm_amount(self) -> Decimal:
        """Return two months of burn."""
        return self.burn * ALARM_MONTHS

    @property
    def end(self) -> date:
        """Return the last day that is foreseen."""
        return self.start + WEEK * (len(self.lines["base"].weeks) - 1)

    @property
    def alarm_date(self) -> date | None:
        """Return the first week's end at which one time in ten less than two months is left."""
        for place, amount in enumerate(self.lines["base_low"].weeks):
            if amount < self.alarm_amount:
                return self.start + WEEK * place
        return None

    def drafts(self, user: User) -> list[DraftEffect]:
        """Return the drafts that lower the base most, of those that still stand: one query."""
        told = {
            row["terms"]: row
            for row in self.told_drafts
            if row["from"] - row["to"] >= self.burn * WORTH_SAYING
        }
        rows = (
            PaymentTerms.objects.visible_to(user)
            .filter(pk__in=told, lead__in=Lead.objects.open(), archived_at=None)
            .exclude(status=PaymentTerms.Status.AGREED)
            .select_related("lead__account")
        )
        found = [DraftEffect.of(terms, told[terms.pk]) for terms in rows]
        return sorted(found, key=lambda one: one.after)[:MOST_DRAFTS]

    @property
    def headline(self) -> str:
        """Return which of the sentences holds: the gravest that is true."""
        if self.cash < 0 or self.lines["base"].empty_date:
            return "EMPTY"
        if self.lines["later"].empty_date:
            return "EMPTY_LATER"
        return "THIN" if self.alarm_date else "HOLDS"

    @property
    def runway_months(self) -> Decimal | None:
        """Return how many months cash lasts without any receipt."""
        return self.cash / self.burn if self.burn > 0 else None

    @cached_property
    def chart(self) -> Chart:
        """Return the drawing."""
        lines = {name: line.weeks for name, line in self.lines.items()}
        return cash_chart.drawn(lines, alarm=float(self.alarm_amount), start=self.start)

    @property
    def shown_days(self) -> list[date]:
        """Return the days of the table's columns."""
        return [self.start + WEEK * week for week in SHOWN_WEEKS]

    @property
    def table(self) -> list[tuple[str, list[tuple[Decimal, str]]]]:
        """Return the rows of the table: the line's name, each amount with its level."""
        burn = float(self.burn)
        return [
            (
                name,
                [
                    (Decimal(line.weeks[week]), line.level(line.weeks[week], burn))
                    for week in SHOWN_WEEKS
                ],
            )
            for name, line in self.lines.items()
        ]


def page(*, with_pipeline: bool) -> CashPage | None:
    """Return what was computed last, None where nothing was yet."""
    row = FirmCash.objects.order_by("-as_of_date").first()
    if row is None:
        return None
    found: dict[str, Any] = row.result
    told = found["with_pipeline" if with_pipeline else "base"]
    quarters = found.get("quarters", {"signed": {}, "weighted": {}})
    names = sorted({*quarters["signed"], *quarters["weighted"]})[:MOST_QUARTERS]
    cash = Decimal(str(found["cash"]))
    return CashPage(
        start=row.as_of_date,
        made_at=row.made_at,
        cash=cash,
        burn=Decimal(str(found["burn"])),
        counts=found.get("counts", {}),
        lines={name: _line(name, told[name], cash) for name in LINES},
        quarters=[
            Quarter(
                name,
                Decimal(quarters["signed"].get(name, 0)),
                Decimal(quarters["weighted"].get(name, 0)),
            )
            for name in names
        ],
        with_pipeline=with_pipeline,
        told_drafts=() if with_pipeline else found.get("drafts", ()),
    )


def _line(name: str, told: Mapping[str, Any], cash: Decimal) -> Line:
    empty = told["empty_date"]
    return Line(
        name,
        [round(cash), *told["weeks"]],
        Decimal(told["low"]),
        date.fromisoformat(told["low_date"]),
        date.fromisoformat(empty) if empty else None,
    )


def missing(now: datetime) -> list[str]:
    """Return which figures nobody has noted, without which nothing can be computed."""
    kinds = (FirmFigure.Kind.CASH, FirmFigure.Kind.MONTHLY_BURN)
    return [str(kind.label) for kind in kinds if FirmFigure.objects.at(kind, now) is None]


def is_thin() -> bool:
    """Say whether one time in ten cash falls below two months of burn, for Today."""
    found = page(with_pipeline=False)
    return found is not None and found.alarm_date is not None
