"""Keeps the figures that lists sort and filter by on the lead's own row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    Field,
    FloatField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from crm import rules
from crm.models import (
    Bid,
    Decision,
    Deliverable,
    Firm,
    FirmFigure,
    Interaction,
    Invoice,
    Lead,
    PaymentTerms,
)
from crm.selectors import effort
from crm.services.columns import write_columns

HOURS = DecimalField(max_digits=9, decimal_places=1)
MONEY = DecimalField(max_digits=14, decimal_places=2)
IDS_A_STATEMENT = 500


def refresh(lead_ids: Sequence[int] | None, *, now: datetime) -> None:
    """Recount hours, travel, contacts, next step, rest and effort of some leads, or of all."""
    usual = effort.caps(Firm.current())
    hour_cost = FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, now) or Decimal(0)
    for leads in _parts(lead_ids):
        _recount(leads, now)
        _weigh_effort(leads, usual, hour_cost, now)


def _parts(lead_ids: Sequence[int] | None) -> Iterator[QuerySet[Lead]]:
    if lead_ids is None:
        yield Lead.objects.all()
        return
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        yield Lead.objects.filter(pk__in=lead_ids[start : start + IDS_A_STATEMENT])


def _weigh_effort(
    leads: QuerySet[Lead], usual: rules.Caps, hour_cost: Decimal, now: datetime
) -> None:
    """Write the share of the cap that is used; below the warning, a review is due anew."""
    found = effort.shares(leads, usual=usual, hour_cost=hour_cost, now=now)
    moved = [(pk, new) for pk, old, new in found if new != old]
    if len(moved) == 1:
        Lead.objects.filter(pk=moved[0][0]).update(effort_share=moved[0][1])
    elif moved:
        write_columns(Lead, ("effort_share",), moved)
    below = leads.filter(effort_share__lt=float(rules.CAP_WARNING_SHARE))
    below.exclude(effort_reviewed_at=None).update(effort_reviewed_at=None)


def _recount(leads: QuerySet[Lead], now: datetime) -> None:
    of_lead = {"lead": OuterRef("pk"), "archived_at": None}
    met = Interaction.objects.filter(**of_lead)
    latest = met.filter(happened_at__lte=now).order_by("-happened_at", "-pk")
    leads.update(
        interaction_count=_one(met, Count("pk"), Value(0)),
        unpaid_hours=(
            _hours(met)
            + _hours_of(Deliverable.objects.filter(**of_lead).exclude(paid=True))
            + _hours_of(Bid.objects.filter(**of_lead))
        ),
        travel_amount=_one(met, Sum("travel_amount"), Value(0), MONEY),
        last_interaction_at=_one(met.filter(happened_at__lte=now), Max("happened_at")),
        last_client_contact_at=_one(
            met.filter(initiated_by=Interaction.Side.CLIENT, happened_at__lte=now),
            Max("happened_at"),
        ),
        next_step_date=Subquery(latest.values("next_step_date")[:1]),
        next_step=Coalesce(Subquery(latest.values("next_step")[:1]), Value("")),
        **_rest(),
        has_money=Q(Exists(PaymentTerms.objects.filter(**of_lead)))
        | Q(Exists(Invoice.objects.filter(**of_lead))),
    )


def _rest() -> dict[str, Any]:
    """Return until when the latest answer to a flag lets a lead rest."""
    answers = Decision.objects.filter(lead=OuterRef("pk"), archived_at=None).standing().answers()
    latest = answers.order_by("-happened_at", "-pk")
    below = KeyTextTransform("asked_again_below", "shown")
    return {
        "rest_kind": Coalesce(Subquery(latest.values("kind")[:1]), Value("")),
        "rests_until_date": Subquery(latest.values("review_date")[:1]),
        "asked_again_below": Subquery(
            latest.annotate(below=Cast(below, FloatField())).values("below")[:1]
        ),
    }


def _one(
    rows: QuerySet[Interaction],
    aggregate: Count | Max | Sum,
    empty: Value | None = None,
    output: "Field[Any, Any] | None" = None,
) -> Subquery | Coalesce:
    """Return one aggregate over the rows of a lead as an expression."""
    counted = rows.order_by().values("lead").annotate(n=aggregate).values("n")
    if empty is None:
        return Subquery(counted)
    return Coalesce(Subquery(counted, output_field=output), empty, output_field=output)


def _hours(met: QuerySet[Interaction]) -> Coalesce:
    """Return the hours of talks and travel that the client did not pay for."""
    zero = Value(0, output_field=HOURS)
    unpaid = met.filter(paid_by_client=False).order_by().values("lead")
    hours = Coalesce(Sum("presales_hours"), zero) + Coalesce(Sum("travel_hours"), zero)
    return Coalesce(
        Subquery(unpaid.annotate(n=hours).values("n"), output_field=HOURS), zero, output_field=HOURS
    )


def _hours_of(rows: QuerySet[Deliverable] | QuerySet[Bid]) -> Coalesce:
    """Return the hours that went into the given rows of a lead."""
    counted = rows.order_by().values("lead").annotate(n=Sum("hours")).values("n")
    return Coalesce(Subquery(counted, output_field=HOURS), Value(0), output_field=HOURS)
