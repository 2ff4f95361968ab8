"""The lead list: what each row shows now, or showed at a moment of the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    FloatField,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, JSONObject

from crm import rules
from crm.models import FirmFigure, Interaction, Lead, Mark, Target, User, Verdict
from crm.models.lead import LeadQuerySet
from crm.selectors import leads_at, paging
from crm.selectors.paging import Key

PAGE_ROWS = 50
MOST_COUNTED = 1000
MINE_FIRST, DEFAULT_SORT = "mine", "decide"
SORTS: Mapping[str, Sequence[str]] = {
    "mine": ("shown_others", "decide_by_date", "-shown_loss"),
    "decide": ("decide_by_date", "-shown_loss"),
    "lead": ("shown_account",),
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
    cause: str
    loss: Decimal | None
    hours: Decimal
    days_quiet: int | None
    is_stale: bool
    is_open: bool
    step: str
    step_date: date | None
    step_is_over: bool


@dataclass(frozen=True)
class Page:
    """Some leads in their order, and whether there are more after and before them."""

    leads: Sequence[Any]
    has_next: bool
    has_before: bool


@dataclass(frozen=True)
class Totals:
    """How many leads a list holds and what they sum up to; sums only where all were counted."""

    count: int
    is_more: bool
    value: Decimal | None
    hours: Decimal | None
    loss: Decimal | None


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
        shown_cause=F("payment_cause"),
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
        shown_cause=Value(""),  # kept for today alone
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


def keys_of(sort: str) -> list[Key]:
    """Return the columns of an allowed sort, `-` for the other way round; the key comes last."""
    keys = SORTS.get(sort.removeprefix("-"), SORTS[DEFAULT_SORT])
    reverse = sort.startswith("-")
    found = [
        Key(key.removeprefix("-"), key.startswith("-") != (reverse and place == 0))
        for place, key in enumerate(keys)
    ]
    return [*found, Key("pk")]


def ordered(leads: LeadQuerySet, sort: str) -> LeadQuerySet:
    """Sort by an allowed name; what is not known comes last."""
    return in_order(leads, keys_of(sort))


def in_order(leads: LeadQuerySet, keys: Sequence[Key], *, back: bool = False) -> LeadQuerySet:
    """Sort by the columns of an order."""
    return _with_names(leads).order_by(*paging.ordering(keys, back=back))


def _with_names(leads: LeadQuerySet) -> LeadQuerySet:
    # Here and not with the other columns: what is only counted needs no look at the accounts.
    return leads.annotate(shown_account=F("account__name"))


def mine_first(leads: LeadQuerySet, user: User) -> LeadQuerySet:
    """Name the column that tells one's own leads, 0, from those of others, 1."""
    others = Case(When(owner=user.pk, then=Value(0)), default=1, output_field=IntegerField())
    return leads.annotate(shown_others=others)


def page_of(
    leads: LeadQuerySet, keys: Sequence[Key], *, after: str = "", before: str = "", past: int = 0
) -> Page:
    """Return one page of leads and the places where the next and the one before begin.

    Pages are found by key. Those of a past day, whose columns are worked out for each row, are
    counted instead: `past` is the number of the page.
    """
    found = leads.select_related("account", "owner")
    if past:
        start = (past - 1) * PAGE_ROWS
        rows: list[Any] = list(in_order(found, keys)[start : start + PAGE_ROWS + 1])
        return Page(rows[:PAGE_ROWS], len(rows) > PAGE_ROWS, past > 1)
    back = bool(before)
    place = paging.read(before or after, keys)
    if place is not None:
        found = _with_names(found).filter(paging.beyond(keys, place, back=back))
    rows = list(in_order(found, keys, back=back)[: PAGE_ROWS + 1])
    more, rows = len(rows) > PAGE_ROWS, rows[:PAGE_ROWS]
    if back:
        return Page(rows[::-1], place is not None, more)
    return Page(rows, more, place is not None)


def rows_of(
    leads: Iterable[Any], *, moment: datetime, today: date, norms: Mapping[str, int]
) -> list[LeadRow]:
    """Return leads as the list shows them."""
    return [_row(lead, moment, today, norms) for lead in leads]


def _row(lead: Any, moment: datetime, today: date, norms: Mapping[str, int]) -> LeadRow:
    is_open = lead.closed_at is None or lead.closed_at > moment
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
        cause=lead.shown_cause,
        loss=lead.shown_loss,
        hours=lead.shown_hours,
        days_quiet=quiet,
        is_stale=is_open and silent_for > limit,
        is_open=is_open,
        step=lead.shown_step,
        step_date=lead.shown_step_date,
        step_is_over=bool(lead.shown_step_date and lead.shown_step_date < today),
    )


def sums(leads: LeadQuerySet) -> Subquery:
    """Return what `totals` counts and sums up, as one column of another query."""
    some = leads.order_by().values("pk")[: MOST_COUNTED + 1]
    summed = JSONObject(
        n=Count("pk"),
        value=Sum("est_value_amount", filter=Q(currency="CNY")),
        hours=Sum("unpaid_hours"),
        loss=Sum("expected_loss_amount"),
    )
    every = Lead.objects.filter(pk__in=some).order_by().annotate(every=Value(1)).values("every")
    return Subquery(every.annotate(summed=summed).values("summed"), output_field=JSONField())


def totals_of(summed: Mapping[str, Any] | None) -> Totals:
    """Return what `sums` found."""
    told = summed or {"n": 0}
    if told["n"] > MOST_COUNTED:
        return Totals(MOST_COUNTED, True, None, None, None)
    value, hours, loss = (
        None if told.get(name) is None else Decimal(str(told[name]))
        for name in ("value", "hours", "loss")
    )
    return Totals(told["n"], False, value, hours, loss)


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
