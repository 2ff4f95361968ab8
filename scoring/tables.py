"""Which columns of the ledger's tables become which columns of a timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db.models import Case as SqlCase
from django.db.models import FloatField, Model, Q, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from polars import col, when

from crm.models import (
    Bid,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    PaymentMilestone,
    PaymentTerms,
    StageChange,
)
from scoring.columns import Columns
from scoring.frames import MOMENT
from scoring.vocabulary import Fact, Source

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


@dataclass(frozen=True)
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
        only=Q(interaction__archived_at=None),
        columns={
            "id": "interaction_id",
            "lead_id": "interaction__lead_id",
            "happened_at": "interaction__happened_at",
            "recorded_at": "interaction__recorded_at",
            "contact_id": "contact_id",
            "role": "contact__decision_role",
            "department": "contact__department",
        },
    ),
    Table(
        Source.PRESENCE,
        Interaction,
        only=Q(contact__isnull=False, attendees=None),
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
    Table(Source.STAGE_CHANGE, StageChange, columns={**DATED, "value": "to_stage"}),
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
# A milestone without a day of its own is planned for so long after the signature.
PLANNED = {
    "planned_date": "planned_date",
    "signed_date": "terms__signed_date",
    "trigger_day": "trigger_day",
}
PLANNED_AS = {"signed_date": pl.Date, "trigger_day": pl.Int64}
PLAN = {
    "planned_date": col("planned_date").fill_null(
        col("signed_date") + pl.duration(days=col("trigger_day"))
    )
}
# A date that a draft only planned cannot slip.
OF_A_CONTRACT = Q(terms=None) | Q(terms__status=PaymentTerms.Status.AGREED)
MONEY_TABLES = (
    Table(Source.OPENING, Lead, lead="pk", columns=OPENING),
    Table(
        Source.TERMS,
        PaymentTerms,
        columns={
            **DATED,
            "prepay_percent": number("prepay_percent"),
            "retention_percent": number("retention_percent"),
            "retention_months": number("retention_months"),
            "term_days": "term_days",
            "back_to_back": "is_back_to_back",
            "by_audit": "accepted_by_audit",
            "has_criteria": "has_acceptance_criteria",
            "deemed_accepted": "has_deemed_acceptance",
            "by_bill": "pays_by_bill",
            "bill_days": "bill_days",
            "funded_amount": number("vendor_funded_amount"),
            "onsite_days": number("onsite_person_days"),
            "curve_made_at": "cash__made_at",
            "low_point_months": number(KeyTextTransform("low_point_months", "cash__result")),
            "low_point_amount": number(KeyTextTransform("low_point", "cash__result")),
            "need_months": number(KeyTextTransform("runway_months", "cash__result")),
        },
    ),
    Table(
        Source.FACT,
        LeadFact,
        only=Q(kind__in=[Fact.WORK_STARTED, Fact.CONTRACT_SIGNED]),
        columns={**DATED, "kind": "kind"},
    ),
    Table(
        Source.MILESTONE,
        PaymentMilestone,
        only=OF_A_CONTRACT,
        columns={
            **DATED,
            "happened_at": "recorded_at",
            "milestone_id": "pk",
            **PLANNED,
            "label": "label",
        },
        read_as=PLANNED_AS,
        made=PLAN,
    ),
    Table(
        Source.ACCEPTANCE,
        PaymentMilestone,
        only=Q(accepted_date__isnull=False) & OF_A_CONTRACT,
        columns={
            **DATED,
            "happened_at": "accepted_date",
            "recorded_at": "accepted_recorded_at",
            "entered_at": "recorded_at",
            "milestone_id": "pk",
            **PLANNED,
            "label": "label",
        },
        read_as={"happened_at": pl.Date, "entered_at": pl.Datetime("us", "UTC"), **PLANNED_AS},
        made={"recorded_at": col("recorded_at").fill_null(col("entered_at")), **PLAN},
    ),
)
