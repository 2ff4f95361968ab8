"""The pipeline report: every running lead with its chance, cost and terms, none sorted out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, FloatField, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import rules
from crm.models import (
    Account,
    Firm,
    FirmFigure,
    Interaction,
    Lead,
    LeadFact,
    Mark,
    Pattern,
    Target,
    User,
    Verdict,
)
from crm.reports.columns import Column, Kind
from crm.selectors import leads_at, scorer
from crm.selectors.scorer import Scorer

ROWS_A_FETCH, CENT = 2_000, Decimal("0.01")
HIDDEN = pgettext_lazy("name hidden", "Account %(n)s")
COLUMNS = (
    Column("account", gettext_lazy("Account"), width=28),
    Column("subject", gettext_lazy("Lead"), width=22),
    Column("account_kind", gettext_lazy("Account type"), width=18),
    Column("stage", gettext_lazy("Stage"), width=13),
    Column("value", gettext_lazy("Estimated value"), Kind.MONEY, width=15),
    Column("currency", gettext_lazy("Currency"), width=9),
    Column("figure", gettext_lazy("Chance of an order"), Kind.SHARE, width=12),
    Column("outcomes", gettext_lazy("Own outcomes known (n)"), Kind.COUNT, width=12),
    Column("usual", gettext_lazy("Usual rate"), Kind.SHARE, width=10),
    Column("verdict", gettext_lazy("Verdict"), width=12),
    Column("pattern", gettext_lazy("Pattern"), width=22),
    Column("weighted", gettext_lazy("Weighted value"), Kind.MONEY, width=15),
    Column("late_chance", gettext_lazy("Paid late"), Kind.SHARE, width=10),
    Column("mark", gettext_lazy("Late-payment mark"), width=12),
    Column("hours", gettext_lazy("Hours sunk"), Kind.HOURS, width=10),
    Column("sunk", gettext_lazy("Sunk, CNY"), Kind.MONEY, width=12),
    Column("prepaid", gettext_lazy("Prepaid"), Kind.SHARE, width=9),
    Column("decide_by", gettext_lazy("Next decision"), Kind.DAY, width=13),
    Column("owner", gettext_lazy("Owner"), width=14),
    Column("logo", gettext_lazy("Logo deal"), width=9),
)


@dataclass(frozen=True)
class Row:
    """One lead of the report."""

    lead_id: int
    account: str
    subject: str
    account_kind: str
    stage: str
    value: Decimal | None
    currency: str
    chance: float | None
    is_too_wide: bool
    outcomes: int | None
    usual: float | None
    verdict_code: str
    pattern: str
    weighted: Decimal | None
    late_chance: float | None
    mark_code: str
    hours: Decimal
    sunk: Decimal
    prepaid: float | None
    decide_by: date | None
    owner: str
    is_logo: bool
    budget_known: bool

    @property
    def figure(self) -> float | None:
        """Return the chance, nothing where its interval is too wide for a single figure."""
        return None if self.is_too_wide else self.chance

    @property
    def verdict(self) -> str:
        """Return the verdict in words."""
        return str(Verdict(self.verdict_code).label)

    @property
    def mark(self) -> str:
        """Return the late-payment mark in words."""
        return str(Mark(self.mark_code).label)

    @property
    def logo(self) -> str:
        """Say yes for a logo deal."""
        return _("yes") if self.is_logo else ""


@dataclass
class Totals:
    """Sums over all rows, each currency for itself."""

    leads: int = 0
    red: int = 0
    amber: int = 0
    unjudged: int = 0
    without_value: int = 0
    budget_unknown: int = 0
    hours: Decimal = Decimal(0)
    sunk: Decimal = Decimal(0)
    value: dict[str, Decimal] = field(default_factory=dict)
    weighted: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count one row."""
        self.leads += 1
        self.red += row.verdict_code == Verdict.LOW
        self.amber += row.verdict_code == Verdict.WATCH
        self.unjudged += row.verdict_code == Verdict.UNKNOWN
        self.without_value += row.value is None
        self.budget_unknown += not row.budget_known
        self.hours += row.hours
        self.sunk += row.sunk
        for sums, amount in ((self.value, row.value), (self.weighted, row.weighted)):
            if amount is not None:
                sums[row.currency] = sums.get(row.currency, Decimal(0)) + amount

    def counting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows on and count them."""
        for row in rows:
            self.add(row)
            yield row

    @property
    def budget_unknown_share(self) -> float:
        """Return the share of leads whose budget stage nobody knows."""
        return self.budget_unknown / self.leads if self.leads else 0.0


@dataclass(frozen=True)
class Pipeline:
    """The report of a moment, ready to be read row by row."""

    as_of: datetime
    hides_names: bool
    firm: Firm
    scorer: Scorer
    leads: QuerySet[Lead, Any]
    hour_cost: Decimal

    @property
    def is_demo(self) -> bool:
        """Say whether the ledger holds invented leads."""
        return self.firm.holds_demo_data

    def rows(self) -> Iterator[Row]:
        """Yield the rows, the weightiest first; one query, whatever their number."""
        numbers: dict[int, int] = {}
        for found in self.leads.iterator(chunk_size=ROWS_A_FETCH):
            number = numbers.setdefault(found["account_id"], len(numbers) + 1)
            yield _row(found, self, account_number=number)


def pipeline(
    user: User | None, *, as_of: datetime, firm: Firm, hides_names: bool = False
) -> Pipeline:
    """Return the report that a user may read; without a user, that of the whole firm."""
    leads = Lead.objects.all() if user is None else Lead.objects.reportable_to(user)
    return Pipeline(
        as_of=as_of,
        hides_names=hides_names,
        firm=firm,
        scorer=scorer.at(as_of),
        leads=_as_they_stood(leads_at.open_leads(leads, as_of), as_of),
        hour_cost=FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, as_of) or Decimal(0),
    )


def _as_they_stood(leads: QuerySet[Lead, Any], as_of: datetime) -> QuerySet[Lead, Any]:
    said = Interaction.objects.filter(lead=OuterRef("pk")).exclude(budget_stage="")
    told = LeadFact.objects.filter(lead=OuterRef("pk"), kind=LeadFact.Kind.BUDGET_STAGE)
    return (
        leads.annotate(
            order_said=leads_at.said(Target.NO_ORDER, as_of),
            late_said=leads_at.said(Target.LATE_PAYMENT, as_of),
            stage_then=leads_at.stage(as_of),
            prepaid_then=leads_at.prepayment(as_of),
            budget_known=Exists(said.known_at(as_of)) | Exists(told.known_at(as_of)),
            weight=_weight(as_of),
        )
        .order_by(
            F("weight").desc(nulls_last=True), F("est_value_amount").desc(nulls_last=True), "pk"
        )
        .values(
            "pk",
            "account_id",
            "title",
            "est_value_amount",
            "currency",
            "deal_type",
            "decide_by_date",
            "hours_then",
            "travel_then",
            "order_said",
            "late_said",
            "stage_then",
            "prepaid_then",
            "budget_known",
            account_name=F("account__name"),
            kind=F("account__kind"),
            owner_name=F("owner__display_name"),
            owner_username=F("owner__username"),
        )
    )


def _weight(as_of: datetime) -> Case:
    """Return what a lead weighs in the order of the rows, as `_weighted` does in their sums."""
    return Case(
        When(deal_type__in=Lead.EARN_NOTHING, then=Value(0.0)),
        default=Cast("est_value_amount", FloatField()) * (1 - leads_at.chance_against(as_of)),
        output_field=FloatField(),
    )


def _row(found: Mapping[str, Any], report: Pipeline, *, account_number: int) -> Row:
    order, late = found["order_said"] or {}, found["late_said"] or {}
    chance = None if order.get("probability") is None else 1 - order["probability"]
    hidden = {"account": HIDDEN % {"n": account_number}, "subject": "", "owner": ""}
    named = {
        "account": found["account_name"],
        "subject": found["title"],
        "owner": found["owner_name"] or found["owner_username"] or "",
    }
    pattern = order.get("pattern") or ""
    return Row(
        lead_id=found["pk"],
        **{key: str(word) for key, word in (hidden if report.hides_names else named).items()},
        account_kind=str(dict(Account.Kind.choices).get(found["kind"], "")),
        stage=report.firm.stage_word(found["stage_then"]),
        value=found["est_value_amount"],
        currency=found["currency"],
        chance=chance,
        is_too_wide=rules.is_too_wide(order.get("low"), order.get("high")),
        outcomes=order.get("outcomes"),
        usual=1 - order["base_rate"] if order else None,
        verdict_code=order.get("verdict") or Verdict.UNKNOWN,
        pattern=str(Pattern(pattern).label) if pattern else "",
        weighted=_weighted(found["est_value_amount"], chance, found["deal_type"]),
        late_chance=late.get("probability"),
        mark_code=late.get("mark") or Mark.UNKNOWN,
        hours=leads_at.tenths(found["hours_then"]),
        sunk=rules.exposure_amount(
            hours=found["hours_then"],
            hour_cost=report.hour_cost,
            travel_amount=found["travel_then"],
        ),
        prepaid=_share(found["prepaid_then"]),
        decide_by=found["decide_by_date"],
        is_logo=found["deal_type"] == Lead.DealType.LOGO,
        budget_known=found["budget_known"],
    )


def _weighted(value: Decimal | None, chance: float | None, deal_type: str) -> Decimal | None:
    """Return the value times the chance; a deal that earns nothing weighs nothing."""
    if value is None or chance is None:
        return None
    earns = deal_type not in Lead.EARN_NOTHING
    return (value * Decimal(str(round(chance, 6)) if earns else 0)).quantize(CENT)


def _share(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent) / 100
