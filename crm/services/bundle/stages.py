"""Derives the stage of leads, and when they reached it, from what happened with them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Min, QuerySet

from crm.models import (
    Bid,
    BudgetStage,
    Deliverable,
    Interaction,
    Lead,
    Outcome,
    PaymentTerms,
    Stage,
    StageChange,
)
from crm.services.bundle.completing import derived_id
from crm.services.bundle.lookups import chunks
from crm.services.columns import write_columns

IN_ORDER = [Stage.NEW, Stage.QUALIFIED, Stage.SOLUTION, Stage.BID, Stage.CONTRACT]
OF_A_SOLUTION = ["ARCHITECTURE", "SOLUTION_DOC", "TECH_SELECTION", "POC_BUILD"]


def derive(lead_ids: Sequence[int], *, is_stage_known: bool) -> None:
    """Give leads dated stage changes; and a stage, where their file had none."""
    for chunk in chunks(lead_ids, 500):
        rows = list(Lead.objects.filter(pk__in=chunk).order_by("pk"))
        reached = {} if is_stage_known else _reached(chunk)
        moved = []
        changes: list[StageChange] = []
        for lead in rows:
            steps = _steps(lead, reached.get(lead.pk, {}))
            changes += _changes(lead, steps)
            if steps[-1][0] != lead.stage:
                moved.append((lead.pk, steps[-1][0].value))
        StageChange.objects.bulk_create(changes)
        if moved:
            write_columns(Lead, ["stage"], moved)


def _steps(lead: Lead, reached: dict[Stage, datetime]) -> list[tuple[Stage, datetime]]:
    """Return the stages in order; one reached after a later stage, or after the close, is none."""
    if lead.outcome == Outcome.WON and lead.closed_at:
        reached.setdefault(Stage.CONTRACT, lead.closed_at)
    first = Stage(lead.stage)
    steps = [(first, lead.opened_at)]
    for stage in IN_ORDER[1:]:
        moment = reached.get(stage)
        if moment is None or (lead.closed_at and moment > lead.closed_at):
            continue
        while len(steps) > 1 and steps[-1][1] > moment:
            steps.pop()
        steps.append((stage, max(moment, lead.opened_at)))
    return steps


def _changes(lead: Lead, steps: Sequence[tuple[Stage, datetime]]) -> list[StageChange]:
    before = ["", *(stage.value for stage, _moment in steps)]
    return [
        StageChange(
            ledger_id=derived_id(f"{lead.ledger_id}/{stage.value.lower()}"),
            lead=lead,
            from_stage=came_from,
            to_stage=stage,
            happened_at=moment,
            recorded_at=moment,
        )
        for came_from, (stage, moment) in zip(before, steps, strict=False)
    ]


def _reached(lead_ids: Sequence[int]) -> dict[int, dict[Stage, datetime]]:
    """Return when each lead first gave a sign of a stage."""
    met = Interaction.objects.filter(lead__in=lead_ids)
    given = Deliverable.objects.filter(lead__in=lead_ids)
    signs: list[
        tuple[
            Stage,
            QuerySet[Interaction] | QuerySet[Deliverable] | QuerySet[Bid] | QuerySet[PaymentTerms],
        ]
    ] = [
        (Stage.QUALIFIED, met.exclude(budget_stage__in=["", BudgetStage.NO_BUDGET])),
        (Stage.SOLUTION, given.filter(kind__in=OF_A_SOLUTION)),
        (Stage.BID, Bid.objects.filter(lead__in=lead_ids)),
        (Stage.BID, given.filter(kind=Deliverable.Kind.ITEMISED_QUOTE)),
        (Stage.BID, met.filter(kind=Interaction.Kind.BID_TALK)),
        (
            Stage.CONTRACT,
            PaymentTerms.objects.filter(lead__in=lead_ids, status=PaymentTerms.Status.AGREED),
        ),
    ]
    reached: dict[int, dict[Stage, datetime]] = {}
    for stage, rows in signs:
        first = rows.order_by().values("lead_id").annotate(first_at=Min("happened_at"))
        for lead, moment in first.values_list("lead_id", "first_at"):
            of_lead = reached.setdefault(lead, {})
            of_lead[stage] = min(of_lead.get(stage, moment), moment)
    return reached
