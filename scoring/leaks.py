"""Looks for own fields that know the end: one that ranks too well, or is entered after the close.

A field that knows the end makes a fine backtest and a useless score. It is named and left out of
what is learned until a person allows it.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import labels, measures, own_values, past
from scoring.past import History
from scoring.scorecard import Numbers

LEAK_FROM = 0.9
MOSTLY = 0.5
FEWEST_KNOWN, FEWEST_OF_A_CLASS, FEWEST_ENTERED = 20, 5, 10
PARTS, SPANS, PRIOR = 5, 10, 2.0


@dataclass(frozen=True)
class Probe:
    """What a single field says of the ends: how well it ranks them, and when it was entered.

    `n` counts the leads with a known end that say something in it; `late` is the share of those
    whose value was entered after the close, empty where none was entered by hand.
    """

    field: str
    n: int
    auc: float | None
    late: float | None

    @property
    def is_leak(self) -> bool:
        """Say whether the field looks as if it knew the end."""
        ranks = self.auc is not None and self.auc > LEAK_FROM
        return ranks or (self.late is not None and self.late > MOSTLY)


def probes(
    history: History, *, cut: datetime, target: str = labels.NO_ORDER, fields: Sequence[str] = ()
) -> list[Probe]:
    """Probe each own field on the leads whose end was known at a cut, the best ranking first."""
    names = fields or own_values.names_of(history.fields)
    if not names or history.leads.is_empty():
        return []
    moments = past.training_moments(history).filter(col("as_of") <= cut)
    known = past.labelled(history, moments, cut=cut, target=target)
    last = known.sort("as_of").unique("lead_id", keep="last", maintain_order=True)
    rows = own_values.known_at(last, history.fields)
    found = [_probe(name, rows, history, cut) for name in names]
    return sorted(found, key=lambda each: (not each.is_leak, -(each.auc or 0), each.field))


def left_out(found: Sequence[Probe], allowed: Collection[str]) -> frozenset[str]:
    """Return the fields from which nothing is learned."""
    return frozenset(each.field for each in found if each.is_leak and each.field not in allowed)


def as_rows(found: Sequence[Probe], history: History) -> list[dict[str, Any]]:
    """Return the probes as plain data, each with what became of the field."""
    return [
        asdict(each) | {"is_leak": each.is_leak, "left_out": each.field in history.left_out}
        for each in found
    ]


def _probe(name: str, rows: pl.DataFrame, history: History, cut: datetime) -> Probe:
    late = _late(name, history, cut)
    known = rows.get_column(name).is_not_null()
    label = rows.get_column("label").to_numpy().astype(float)
    n, smaller = int(known.sum()), min(label.sum(), (1 - label).sum())
    if n < FEWEST_KNOWN or smaller < FEWEST_OF_A_CLASS:
        return Probe(name, n, None, late)
    ranked = [measures.auc(label, _rates(rows.get_column(name), rows, label))]
    if rows.schema[name].is_numeric():
        told = known.to_numpy()
        value = rows.get_column(name).to_numpy().astype(float)[told]
        alone = measures.auc(label[told], value)
        ranked += [alone, 1 - alone]
    return Probe(name, n, float(np.nanmax(ranked)), late)


def _rates(values: pl.Series, rows: pl.DataFrame, label: Numbers) -> Numbers:
    """Return for each lead how often leads of other accounts that say the same had the target.

    No lead speaks for itself: an answer of many kinds would know every end.
    """
    answers = _answers(values)
    part = rows.get_column("account_id").rank("dense").to_numpy().astype(int) % PARTS
    usual = float(label.mean())
    said = np.full(len(label), usual)
    for each in range(PARTS):
        there, others = part == each, part != each
        hits = np.bincount(answers[others], weights=label[others], minlength=answers.max() + 1)
        count = np.bincount(answers[others], minlength=answers.max() + 1)
        said[there] = ((hits + PRIOR * usual) / (count + PRIOR))[answers[there]]
    return said


def _answers(values: pl.Series) -> Any:
    """Return the number of each answer; numbers count by their span, silence is an answer."""
    if values.dtype.is_numeric():
        known = values.drop_nulls().to_numpy().astype(float)
        cuts = np.unique(np.quantile(known, np.linspace(0, 1, SPANS + 1)[1:-1]))
        spans = np.searchsorted(cuts, values.fill_null(0).to_numpy().astype(float), side="right")
        return np.where(values.is_null().to_numpy(), len(cuts) + 1, spans)
    return values.cast(pl.String).fill_null("").rank("dense").to_numpy().astype(int)


def _late(name: str, history: History, cut: datetime) -> float | None:
    if history.entered is None or name not in history.entered.columns:
        return None
    ended = history.leads.filter((col("outcome") != "") & (col("closed_at") <= cut))
    rows = ended.join(history.entered.select("lead_id", entered_at=name), on="lead_id")
    entered = rows.filter(col("entered_at").is_not_null() & (col("entered_at") <= cut))
    if entered.height < FEWEST_ENTERED:
        return None
    told = ended.join(_telling(name, history), on="lead_id", how="semi").height
    late = entered.filter(col("entered_at") > col("closed_at")).height
    return late / max(told, entered.height)


def _telling(name: str, history: History) -> pl.DataFrame:
    """Return the leads that say something in a field by now."""
    states = next(frame for frame in history.fields if name in frame.columns)
    latest = states.sort("known_at").unique("lead_id", keep="last")
    return latest.filter(col(name).is_not_null()).select("lead_id")
