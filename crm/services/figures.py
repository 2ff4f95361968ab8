"""Keeps the figures that lists sort and filter by on the lead's own row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    Field,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from crm.models import Bid, Deliverable, Interaction, Invoice, Lead, PaymentTerms

HOURS = DecimalField(max_digits=9, decimal_places=1)
MONEY = DecimalField(max_digits=14, decimal_places=2)
IDS_A_STATEMENT = 500


def refresh(lead_ids: Sequence[int] | None, *, now: datetime) -> None:
    """Recount hours, travel, contacts and next step of some leads, or of all."""
    if lead_ids is None:
        _recount(Lead.objects.all(), now)
        return
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        _recount(Lead.objects.filter(pk__in=lead_ids[start : start + IDS_A_STATEMENT]), now)


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
        has_money=Q(Exists(PaymentTerms.objects.filter(**of_lead)))
        | Q(Exists(Invoice.objects.filter(**of_lead))),
    )


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
