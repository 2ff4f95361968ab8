"""The learned forecast of payments: the chance to be paid in each period, given the wait so far.

Boosted trees on the rows of `hazard_rows`. The curve's own chance is one of the columns, so that
what is learned corrects the curve and need not find it again.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring.hazard_rows import LENGTHS, PERIODS, View, lives, rows
from scoring.payments import Curve, Floats

NAME = "hazard-1"  # of the columns and their meaning: a file of another one is not read
COLUMNS = 22
# Twice the trees at half the rate: a Brier score lower by 0.0008, and forecasts at twice the cost.
TREES, LEARNING_RATE, MOST_LEAVES = 80, 0.08, 8
FEWEST_ROWS_IN_A_LEAF, L2 = 40, 5.0
VIEWS_AT_ONCE = 500


def fit(seen: Sequence[View], *, until: int) -> HistGradientBoostingClassifier:
    """Learn from what was known of invoices by a day."""
    x, paid = lives(seen, until=until)
    model = HistGradientBoostingClassifier(
        early_stopping=False,
        random_state=0,
        max_iter=TREES,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=MOST_LEAVES,
        min_samples_leaf=FEWEST_ROWS_IN_A_LEAF,
        l2_regularization=L2,
    )
    return model.fit(x, paid)


def curves(model: HistGradientBoostingClassifier, seen: Sequence[View]) -> list[Curve]:
    """Return the curve of each invoice; before its first period nothing is paid."""
    found: list[Curve] = []
    for start in range(0, len(seen), VIEWS_AT_ONCE):
        found += _curves(model, seen[start : start + VIEWS_AT_ONCE])
    return found


def _curves(model: HistGradientBoostingClassifier, seen: Sequence[View]) -> list[Curve]:
    first = [view.first for view in seen]
    paid = np.zeros((len(seen), PERIODS))
    paid[np.arange(PERIODS) >= np.array(first)[:, None]] = model.predict_proba(rows(seen, first))[
        :, 1
    ]
    return [Curve(survival) for survival in _by_day(paid)]


def _by_day(paid: Floats) -> Floats:
    """Return the chance of a longer wait for each day, even within each period."""
    with np.errstate(divide="ignore"):
        a_day = np.log1p(-paid) / LENGTHS
    waits: Floats = np.exp(np.repeat(a_day, LENGTHS, axis=1).cumsum(axis=1))
    return waits
