"""What follows from a chance and its reasons: the verdict and pattern, or the mark."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring import past, verdict
from scoring.reasons import Reason
from scoring.receivable_facts import Standing
from scoring.receivable_mark import marked
from scoring.vocabulary import Pattern, Verdict

GROUPS = {each.reason_code: each.group for each in past.CATALOGUE}


def of_order(
    probability: float, base_rate: float, reasons: Sequence[Reason], row: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the verdict and pattern; no per cent before enough is known."""
    signals = verdict.raising(reasons)
    enough = verdict.may_judge(signals, interactions=row["interactions"], groups=GROUPS)
    if not enough:
        return {"probability": None, "verdict": Verdict.UNKNOWN.value}
    judged = verdict.verdict(
        order_chance=1 - probability,
        usual_rate=1 - base_rate,
        signals=signals,
        groups=GROUPS,
        previous=row["previous"] or "",
    )
    pattern: Pattern | str = ""
    if judged is Verdict.LOW:
        pattern = verdict.pattern(signals, GROUPS)
    return {"probability": probability, "verdict": judged.value, "pattern": str(pattern)}


def of_payment(
    probability: float, _base_rate: float, _reasons: Sequence[Reason], row: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the receivable mark: by the chance, by the clauses and by the cash it ties up."""
    standing: Standing = row["standing"] or Standing()
    found = marked(
        probability,
        statuses=standing.statuses,
        peak_share=standing.peak_share,
        worst_value=standing.worst_value,
    )
    return {"probability": probability, "mark": found.mark.value, "cause": found.cause}
