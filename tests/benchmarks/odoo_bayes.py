"""The peer: a naive Bayes by Odoo's published rules, on the same facts.

For each field and value the counts of won and lost leads + 0.1; values never seen are skipped;
numbers by quartile. The chance is of no order.
"""

import numpy as np
import polars as pl
from polars import col

from scoring.scorecard import Numbers

SMOOTHING = 0.1


def odoo_bayes(train: pl.DataFrame, test: pl.DataFrame, fields: list[str]) -> Numbers:
    """Return the chance of no order of each test row, learned from labelled rows."""
    lost = train.get_column("label").to_numpy() == 1
    of_class = np.array([(~lost).sum(), lost.sum()], dtype=float)
    log_odds = np.tile(np.log(of_class / of_class.sum()), (test.height, 1))
    for field in fields:
        seen, asked = _discrete(train, test, field)
        totals = np.array([SMOOTHING, SMOOTHING])
        counts: dict[str, Numbers] = {}
        for value, is_lost in zip(seen, lost, strict=True):
            if value is not None:
                counts.setdefault(value, np.full(2, SMOOTHING))[int(is_lost)] += 1
                totals[int(is_lost)] += 1
        for row, value in enumerate(asked):
            if value in counts:
                log_odds[row] += np.log(counts[value] / totals)
    said: Numbers = 1 / (1 + np.exp(log_odds[:, 0] - log_odds[:, 1]))
    return said


def _discrete(
    train: pl.DataFrame, test: pl.DataFrame, field: str
) -> tuple[list[str | None], list[str | None]]:
    """Return a field's values as words; numbers by the quartile of the training rows."""
    if not train.schema[field].is_numeric():
        plain = col(field).cast(pl.String)
        return train.select(plain)[field].to_list(), test.select(plain)[field].to_list()
    known = train.get_column(field).cast(pl.Float64).drop_nulls().to_numpy()
    edges = np.unique(np.quantile(known, [0.25, 0.5, 0.75])) if len(known) else np.array([])

    def words(frame: pl.DataFrame) -> list[str | None]:
        numbers = frame.get_column(field).cast(pl.Float64).to_list()
        return [None if n is None else f"q{int(np.searchsorted(edges, n))}" for n in numbers]

    return words(train), words(test)
