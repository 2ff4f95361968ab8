"""What follows from a chance and its reasons: the verdict and pattern, or the mark."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import past, verdict
from scoring.receivable_facts import Standing
from scoring.receivable_mark import marked
from scoring.scorecard import Numbers
from scoring.verdict import Signals
from scoring.vocabulary import Verdict

GROUPS = {each.reason_code: each.group for each in past.CATALOGUE}


def of_orders(
    probability: Numbers,
    base_rate: Numbers,
    signals: Signals,
    *,
    interactions: NDArray[np.int64],
    previous: Sequence[str | None],
) -> Iterator[dict[str, Any]]:
    """Yield each lead's verdict and pattern; no per cent before enough is known."""
    enough = verdict.may_judge(signals, interactions)
    judged = verdict.verdicts(
        order_chance=1 - probability,
        usual_rate=1 - base_rate,
        signals=signals,
        previous=np.array([each or "" for each in previous], dtype=str),
    )
    for place, (may, word, chance) in enumerate(
        zip(enough.tolist(), judged.tolist(), probability.tolist(), strict=True)
    ):
        if not may:
            yield {"probability": None, "verdict": Verdict.UNKNOWN.value}
            continue
        pattern = ""
        if word == Verdict.LOW.value:
            pattern = verdict.pattern(signals.of(place), GROUPS).value
        yield {"probability": chance, "verdict": word, "pattern": pattern}


def of_payments(
    probability: Numbers, lead_ids: Sequence[int], standing: Mapping[int, Standing]
) -> Iterator[dict[str, Any]]:
    """Yield each receivable mark: by the chance, by the clauses and by the cash it ties up."""
    for lead_id, chance in zip(lead_ids, probability.tolist(), strict=True):
        known = standing.get(lead_id, Standing())
        found = marked(
            chance,
            statuses=known.statuses,
            peak_share=known.peak_share,
            worst_value=known.worst_value,
        )
        yield {"probability": chance, "mark": found.mark.value, "cause": found.cause}
