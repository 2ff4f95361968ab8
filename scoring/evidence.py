"""The rows behind reasons: few of them each, by the masks of the features that look at them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scoring.feature import IS
from scoring.frames import may_repeat, same_row, written
from scoring.in_json import of_each_owner

MOST_ROWS = 20
Places = NDArray[np.int64]
Pairs = Sequence[tuple[str, Places]]  # features, each with the leads in which it speaks


class Evidence:
    """Rows of some leads, with the word behind which features each stands."""

    def __init__(self, behind: pl.DataFrame) -> None:
        self._masks = behind
        self._lead: Places = np.cumsum(behind.get_column("is_first").to_numpy()) - 1
        self._row_ids = behind.get_column("row_id").to_numpy()
        self._count = int(self._lead[-1]) + 1 if self._lead.size else 0

    def written(self, reasons: Sequence[tuple[Places, Pairs]]) -> pl.Series:
        """Return the first rows of reasons as they are stored, each once: code after code.

        A code has its leads, and its features with the leads in which each speaks.
        """
        owners, rows, start = [], [], 0
        for leads, pairs in reasons:
            found = self._rows_of(pairs)
            owners.append(np.searchsorted(leads, self._lead[found]) + start)
            rows.append(found)
            start += leads.size
        ids = pl.DataFrame({"id": self._row_ids[np.concatenate(rows)]})
        texts = ids.select(written(col("id"))).to_series()
        return of_each_owner(np.concatenate(owners), texts, count=start)

    def _rows_of(self, pairs: Pairs) -> Places:
        """Return the places of the rows behind the features of a code, lead by lead."""
        each = [self._first(self._behind(name, leads)) for name, leads in pairs]
        if len(each) == 1 and not may_repeat(self._row_ids[each[0]]):
            return each[0]
        rows = np.concatenate(each)
        rows = rows[np.argsort(self._lead[rows], kind="stable")]
        keys = pl.DataFrame({"lead": self._lead[rows], "row": same_row(self._row_ids[rows])})
        once = keys.with_row_index("at").unique(("lead", "row"), keep="first", maintain_order=True)
        return self._first(rows[once["at"].to_numpy()])

    def _behind(self, name: str, leads: Places) -> Places:
        speaks = np.zeros(self._count, dtype=bool)
        speaks[leads] = True
        mask = self._masks.get_column(name + IS)
        if mask.null_count():
            mask = mask.fill_null(value=False)
        rows: Places = np.flatnonzero(mask.to_numpy())
        return rows[speaks[self._lead[rows]]]

    def _first(self, rows: Places) -> Places:
        """Keep the first few rows of each lead."""
        leads = self._lead[rows]
        nth = np.arange(rows.size) - np.searchsorted(leads, leads)
        return rows[nth < MOST_ROWS]
