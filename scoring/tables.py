"""Which columns of the ledger's tables become which columns of a timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db.models import Case as SqlCase
from django.db.models import Exists, FloatField, Model, OuterRef, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from polars import col, when

from crm.models import (
    Account,
    AttendeeTrail,
    Bid,
    Contact,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    Payment,
)
from scoring.columns import Columns
from scoring.frames import MOMENT
from scoring.vocabulary import LEFT_OUT, Fact, Source

OWN_CURRENCY = "CNY"


def number(name: str | Combinable) -> Cast:
    """Return a decimal column as a float."""
    return Cast(name, FloatField())


OWN_VALUE = SqlCase(When(currency=OWN_CURRENCY, then=number("est_value_amount")))
DATED = {
    "id": "pk",
    "lead_id": "lead_id",
    "happened_at": "happened_at",
    "recorded_at": "recorded_at",
}


@dataclass(frozen=True, eq=False)  # known by itself
class Table:
    """One table, what is read of it, and what is made of that in the frame."""

    source: Source
    model: type[Model]
    columns: Columns
    lead: str = "lead_id"
    only: Q = field(default_factory=Q)
    made: Mapping[str, pl.Expr] = field(default_factory=dict)
    # Types of columns that are read only to make others of them.
    read_as: Mapping[str, Any] = field(default_factory=dict)
    # Columns of a table beside it, which keeps no trail of what it said before.
    beside: Columns = field(default_factory=dict)
    put_away: str = "archived_at"
    as_it_stands: bool = False
    # Columns that count as they are now, whatever the row said before.
    current: Sequence[str] = ()


OPENING = {
    "id": "pk",
    "lead_id": "pk",
    "happened_at": "opened_at",
    "recorded_at": "recorded_at",
}
OF_BID = {
    "prep_days": "prep_days",
    "contact_before": "contact_before_notice",
    "incumbent": "incumbent_known",
    "fits_us": "specification_fits_us",
    "set_criteria": "set_criteria",
    "asked_at": "questions_asked_at",
    "answered_at": "questions_answered_at",
    "due_date": "deadline_date",
}


def told_with_notice(name: str) -> SqlCase:
    """Return a column of a bid, null where its facts were learned later than the notice."""
    return SqlCase(When(facts_recorded_at=None, then=name))


def _days_from(notice: str) -> pl.Expr:
    days = (col("due_date") - col(notice).dt.date()).dt.total_days()
    return col("prep_days").fill_null(days)


DAYS_TO_PREPARE = {"prep_days": _days_from("happened_at")}
somebody_came = Interaction.attendees.through._default_manager.filter(interaction=OuterRef("pk"))
OF_PRESENCE = {
    "id": "interaction_id",
    "lead_id": "interaction__lead_id",
    "happened_at": "interaction__happened_at",
    "recorded_at": "interaction__recorded_at",
    "contact_id": "contact_id",
    "role": "contact__decision_role",
    "department": "contact__department",
}
INTENT_TABLES = (
    Table(
        Source.OPENING,
        Lead,
        lead="pk",
        columns={
            **OPENING,
            "came_from": "source",
            "first_ask": "first_ask",
            "est_value": OWN_VALUE,
            "has_ai_team": "account__has_ai_team",
        },
    ),
    Table(
        Source.INTERACTION,
        Interaction,
        columns={
            **DATED,
            "kind": "kind",
            "asks": "asks",
            "side": "initiated_by",
            "seniority": "max_seniority",
            "budget_holder": "budget_holder_present",
            "gifts": "client_gave",
            "next_step_dated": "has_dated_next_step",
            "budget": "budget_stage",
            "competitors": "competitors_count",
            "incumbent_name": "incumbent",
            "latency_days": number("response_latency_days"),
            "travel_hours": number("travel_hours"),
            "distance_km": number("lead__account__distance_km"),
            "is_paid": "paid_by_client",
        },
        read_as={"side": pl.String, "gifts": pl.List(pl.String), "incumbent_name": pl.String},
        made={
            "by_client": col("side") == Interaction.Side.CLIENT.value,
            "gave_count": col("gifts").list.len().cast(pl.Int64),
            "incumbent": col("incumbent_name").is_not_null(),
        },
    ),
    Table(
        Source.PRESENCE,
        Interaction.attendees.through,
        lead="interaction__lead_id",
        put_away="interaction__archived_at",
        columns=OF_PRESENCE,
    ),
    Table(
        Source.PRESENCE,
        Interaction,
        only=Q(~Exists(somebody_came), contact__isnull=False),
        as_it_stands=True,
        columns={
            **DATED,
            "contact_id": "contact_id",
            "role": "contact__decision_role",
            "department": "contact__department",
        },
    ),
    Table(
        Source.DELIVERABLE,
        Deliverable,
        columns={**DATED, "kind": "kind", "level": "disclosure_level"},
    ),
    Table(
        Source.BID,
        Bid,
        columns={**DATED, **{name: told_with_notice(field) for name, field in OF_BID.items()}},
        made=DAYS_TO_PREPARE,
    ),
    # What was learned of a bid after its notice counts from then on.
    Table(
        Source.BID,
        Bid,
        only=Q(facts_recorded_at__isnull=False),
        columns={
            **DATED,
            "happened_at": "facts_recorded_at",
            "recorded_at": "facts_recorded_at",
            "announced_at": "happened_at",
            **OF_BID,
        },
        read_as={"announced_at": MOMENT},
        made={"prep_days": _days_from("announced_at")},
    ),
    Table(
        Source.FACT,
        LeadFact,
        columns={**DATED, "kind": "kind", "value": "value", "due_date": "due_date"},
        made={"budget": when(col("kind") == Fact.BUDGET_STAGE).then(col("value"))},
    ),
    Table(Source.OFFER, PaidStepOffer, columns=DATED),
    Table(
        Source.OFFER_ANSWER,
        PaidStepOffer,
        only=Q(answered_at__isnull=False),
        columns={
            **DATED,
            "happened_at": "answered_at",
            "recorded_at": "answer_recorded_at",
            "value": "answer",
        },
    ),
)
# Who came to a talk or went from it by a correction, in place of those who are there now.
PRESENCE_TRAIL = Table(
    Source.PRESENCE,
    AttendeeTrail,
    lead="interaction__lead_id",
    put_away="until_at",
    columns={**OF_PRESENCE, "since": "since_at"},
    read_as={"since": MOMENT},
    made={"recorded_at": pl.max_horizontal("recorded_at", "since")},
)
# Rows beside those of the timeline, of which a part is read with them.
PEOPLE = Table(
    Source.PRESENCE,
    Contact,
    lead="account_id",
    columns={"id": "pk", "role": "decision_role", "department": "department"},
    read_as={"role": pl.String, "department": pl.String},
)
ACCOUNTS = Table(
    Source.OPENING,
    Account,
    lead="pk",
    columns={
        "id": "pk",
        "account_kind": "kind",
        "has_ai_team": "has_ai_team",
        "distance_km": number("distance_km"),
    },
    read_as={"account_kind": pl.String, "has_ai_team": pl.Boolean, "distance_km": pl.Float64},
)
LEADS_ACCOUNTS = Table(
    Source.OPENING,
    Lead,
    lead="pk",
    columns={"id": "pk", "account_id": "account_id"},
    read_as={"account_id": pl.Int64},
)
EARLIER_LEADS = Table(
    Source.EARLIER_LEAD,
    Lead,
    lead="account_id",
    only=Q(closed_at__isnull=False) & ~Q(outcome__in=["", *LEFT_OUT]),
    columns={
        "id": "pk",
        "account_id": "account_id",
        "happened_at": "closed_at",
        "recorded_at": "outcome_recorded_at",
        "outcome": "outcome",
    },
    current=("account_id",),
)
EARLIER_PAYMENTS = Table(
    Source.EARLIER_PAYMENT,
    Payment,
    lead="invoice__account_id",
    only=Q(amount__gt=0),
    columns={
        "id": "pk",
        "account_id": "invoice__account_id",
        "own_lead": "invoice__lead_id",
        "happened_at": "paid_date",
        "recorded_at": "recorded_at",
    },
    read_as={"happened_at": pl.Date},
)
