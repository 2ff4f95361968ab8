"""The lead list: what each row shows now, or showed at a moment of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, FloatField, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from crm import rules
from crm.models import FirmFigure, Interaction, Lead, Mark, Target, Verdict
from crm.models.lead import LeadQuerySet
from crm.selectors import leads_at

PAGE_ROWS = 50
MOST_COUNTED = 1000
DEFAULT_SORT = "decide"
SORTS: Mapping[str, Sequence[str]] = {
    "decide": ("decide_by_date", "-shown_loss"),
    "lead": ("account__name",),
    "stage": ("shown_stage", "decide_by_date"),
    "chance": ("shown_chance",),
    "late": ("shown_late",),
    "value": ("est_value_amount",),
    "hours": ("shown_hours",),
    "loss": ("shown_loss",),
    "quiet": ("shown_contact_at",),
    "step": ("shown_step_date",),
    "opened": ("opened_at",),
}


@dataclass(frozen=True)
class LeadRow:
    """One lead as the list shows it."""

    lead: Lead
    stage: str
    chance: float | None
    is_too_wide: bool
    usual: float | None
    verdict: str
    pattern: str
    late: float | None
    mark: str
    loss: Decimal | None
    hours: Decimal
    days_quiet: int | None
    is_stale: bool
    step: str
    step_date: date | None
    step_is_over: bool


@dataclass(frozen=True)
class Totals:
    """How many leads a list holds and what they sum up to; sums only where all were counted."""

    count: int
    is_more: bool
    value: Decimal | None
    hours: Decimal | None
    loss: Decimal | None


def searched(leads: LeadQuerySet, words: str) -> LeadQuerySet:
    """Keep leads whose account or subject holds the words, in characters, pinyin or initials."""
    plain = words.strip()
    keys = plain.lower().replace(" ", "")
    return leads.filter(
        Q(account__name__icontains=plain)
        | Q(title__icontains=plain)
        | Q(account__pinyin__contains=keys)
        | Q(account__initials__contains=keys)
    )


def shown_now(leads: LeadQuerySet) -> LeadQuerySet:
    """Name the columns that the list shows: those that services keep on the lead."""
    return leads.annotate(
        shown_stage=F("stage"),
        shown_chance=F("order_chance"),
        shown_is_wide=F("order_chance_is_wide"),
        shown_usual=F("usual_order_rate"),
        shown_verdict=F("verdict"),
        shown_pattern=F("pattern"),
        shown_late=F("late_payment_chance"),
        shown_mark=F("payment_mark"),
        shown_loss=F("expected_loss_amount"),
        shown_hours=F("unpaid_hours"),
        shown_contact_at=F("last_client_contact_at"),
        shown_step=F("next_step"),
        shown_step_date=F("next_step_date"),
    )


def shown_at(leads: LeadQuerySet, moment: datetime) -> LeadQuerySet:
    """Name the same columns as they stood at a moment of the past."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(moment)
    latest = met.order_by("-happened_at", "-pk")
    spoke = met.filter(initiated_by=Interaction.Side.CLIENT).order_by().values("lead")
    scores = leads_at.assessments(Target.NO_ORDER, moment)
    late = leads_at.assessments(Target.LATE_PAYMENT, moment)
    hour_cost = FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, moment) or Decimal(0)
    return leads.annotate(
        shown_stage=leads_at.stage(moment),
        shown_chance=1.0 - _score(scores, "probability", FloatField()),
        shown_is_wide=leads_at.is_too_wide(moment),
        shown_usual=1.0 - _score(scores, "base_rate", FloatField()),
        shown_verdict=_word(scores, "verdict", Verdict.UNKNOWN),
        shown_pattern=_word(scores, "pattern", ""),
        shown_late=_score(late, "probability", FloatField()),
        shown_mark=_word(late, "mark", Mark.UNKNOWN),
        shown_hours=leads_at.unpaid_hours(moment),
        shown_contact_at=Subquery(spoke.annotate(at=Max("happened_at")).values("at")),
        shown_step=Coalesce(Subquery(latest.values("next_step")[:1]), Value("")),
        shown_step_date=Subquery(latest.values("next_step_date")[:1]),
    ).annotate(shown_loss=_loss(moment, hour_cost))


def _score(scores: Any, field: str, output: Any) -> Subquery:
    return Subquery(scores.values(field)[:1], output_field=output)


def _word(scores: Any, field: str, empty: str) -> Coalesce:
    return Coalesce(Subquery(scores.values(field)[:1], output_field=CharField()), Value(empty))


def _loss(moment: datetime, hour_cost: Decimal) -> Combinable:
    spent = F("shown_hours") * Value(hour_cost) + leads_at.travel_amount(moment)
    return Cast(1.0 - F("shown_chance"), leads_at.NUMBER) * Cast(spent, leads_at.NUMBER)


def ordered(leads: LeadQuerySet, sort: str) -> LeadQuerySet:
    """Sort by an allowed name, `-` for the other way round; what is not known comes last."""
    name = sort.removeprefix("-")
    keys = SORTS.get(name, SORTS[DEFAULT_SORT])
    reverse = sort.startswith("-")
    order = []
    for place, key in enumerate(keys):
        down = key.startswith("-") != (reverse and place == 0)
        column = F(key.removeprefix("-"))
        order.append(column.desc(nulls_last=True) if down else column.asc(nulls_last=True))
    return leads.order_by(*order, "pk")


def page_of(
    leads: LeadQuerySet, *, number: int, moment: datetime, today: date, norms: Mapping[str, int]
) -> tuple[list[LeadRow], bool]:
    """Return one page of rows, and whether another follows."""
    start = (number - 1) * PAGE_ROWS
    found = list(leads.select_related("account", "owner")[start : start + PAGE_ROWS + 1])
    rows = [_row(lead, moment, today, norms) for lead in found[:PAGE_ROWS]]
    return rows, len(found) > PAGE_ROWS


def _row(lead: Any, moment: datetime, today: date, norms: Mapping[str, int]) -> LeadRow:
    quiet = rules.days_between(lead.shown_contact_at, moment)
    limit = norms.get(lead.shown_stage, rules.STALE_AFTER_DAYS.get(lead.shown_stage, 21))
    silent_for = quiet if quiet is not None else rules.days_between(lead.opened_at, moment) or 0
    return LeadRow(
        lead=lead,
        stage=lead.shown_stage,
        chance=lead.shown_chance,
        is_too_wide=lead.shown_is_wide,
        usual=lead.shown_usual,
        verdict=lead.shown_verdict,
        pattern=lead.shown_pattern,
        late=lead.shown_late,
        mark=lead.shown_mark,
        loss=lead.shown_loss,
        hours=lead.shown_hours,
        days_quiet=quiet,
        is_stale=silent_for > limit,
        step=lead.shown_step,
        step_date=lead.shown_step_date,
        step_is_over=bool(lead.shown_step_date and lead.shown_step_date < today),
    )


def totals(leads: LeadQuerySet) -> Totals:
    """Count a list up to a thousand and sum it up where it is shorter."""
    every: Any = leads.order_by()
    some = every.values("pk", "est_value_amount", "currency", "shown_hours", "shown_loss")
    summed = some[: MOST_COUNTED + 1].aggregate(
        n=Count("pk"),
        value=Sum("est_value_amount", filter=Q(currency="CNY")),
        hours=Sum("shown_hours"),
        loss=Sum("shown_loss"),
    )
    count, more = min(summed["n"], MOST_COUNTED), summed["n"] > MOST_COUNTED
    if more:
        return Totals(count, more, None, None, None)
    return Totals(count, more, summed["value"], summed["hours"], summed["loss"])
