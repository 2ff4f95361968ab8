"""Which evidence a stage asks for: a gate of four, then MEDDPICC; plain values in and out."""

from collections.abc import Collection, Mapping, Sequence

from crm.models import QualificationNote, Stage

Item = QualificationNote.Item
GATE = (Item.BUDGET, Item.AUTHORITY, Item.NEED, Item.TIMING)
# What a stage asks for beyond the stages before it.
ASKED_FROM: Mapping[str, Sequence[str]] = {
    Stage.QUALIFIED: GATE,
    Stage.SOLUTION: (Item.PAIN, Item.METRICS, Item.CHAMPION),
    Stage.BID: (
        Item.ECONOMIC_BUYER,
        Item.DECISION_CRITERIA,
        Item.DECISION_PROCESS,
        Item.COMPETITION,
    ),
    Stage.CONTRACT: (Item.PAPER_PROCESS,),
}


def asked_at(stage: str) -> list[str]:
    """Return the items that a lead should have evidence for when it enters a stage."""
    stages = list(Stage.values)
    until = stages[: stages.index(stage) + 1]
    return [str(item) for each in until for item in ASKED_FROM.get(each, ())]


def gaps(known: Collection[str], *, from_stage: str, to_stage: str) -> list[str]:
    """Return what is missing for a move onwards; a move back asks for nothing."""
    stages = list(Stage.values)
    if stages.index(to_stage) <= stages.index(from_stage):
        return []
    return [item for item in asked_at(to_stage) if item not in known]
