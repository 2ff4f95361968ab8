"""What came after a landmark, as far as it was known at a cut.

A closed lead has its recorded outcome. One that still ran at the cut ends without an order once
the horizon after the landmark is over: a zombie does not stay unlabelled. What we walked away
from and what was never a lead has no label.
"""

from datetime import datetime, timedelta

import polars as pl
from polars import Expr, col, when

from scoring.frames import MOMENT, Schema
from scoring.landmarks import AT
from scoring.usual import HORIZON
from scoring.vocabulary import LEFT_OUT, Outcome

NO_ORDER, FREE_CONSULTING = "NO_ORDER", "FREE_CONSULTING"
TARGETS = (NO_ORDER, FREE_CONSULTING)
CROWN_JEWELS_LEVEL, MANY_HOURS = 4, 20.0
SILENT_FOR = timedelta(days=60)

# Unpaid work and contacts of each lead, for the rule of free consulting.
EFFORTS: Schema = {
    "lead_id": pl.Int64,
    "happened_at": MOMENT,
    "recorded_at": MOMENT,
    "level": pl.Int64,
    "unpaid_hours": pl.Float64,
    "by_client": pl.Boolean,
}


def labels(
    landmarks: pl.DataFrame,
    *,
    leads: pl.DataFrame,
    cut: datetime,
    target: str = NO_ORDER,
    efforts: pl.DataFrame | None = None,
    horizon: timedelta = HORIZON,
) -> pl.DataFrame:
    """Return the landmarks (lead_id, as_of, ...) whose end was known at the cut, with `label` 0/1.

    `leads` has the columns of `usual.LEADS`; a landmark at which its lead did not run is left out.
    """
    ends = leads.select("lead_id", "opened_at", "closed_at", "outcome_recorded_at", "outcome")
    rows = landmarks.select(AT).join(ends, on="lead_id")
    ran = (col("opened_at") <= col("as_of")) & (col("closed_at") > col("as_of")).fill_null(
        value=True
    )
    ended = (
        (col("outcome") != "") & (col("closed_at") <= cut) & (col("outcome_recorded_at") <= cut)
    ).fill_null(value=False)
    is_zombie = ~ended & (col("as_of") + horizon <= cut)
    found = rows.filter(ran & (col("as_of") <= cut)).with_columns(ended=ended, zombie=is_zombie)
    if target == FREE_CONSULTING:
        at_zombie = _worked_for_nothing(found, efforts, cut)
        label = when("ended").then(col("outcome") == Outcome.FREE_CONSULTING).otherwise(at_zombie)
    else:
        label = when("ended").then(col("outcome") != Outcome.WON).otherwise(pl.lit(value=True))
    counts = (col("ended") & ~col("outcome").is_in(LEFT_OUT)) | col("zombie")
    kept = found.filter(counts).select(*AT, label=label.cast(pl.Int8))
    return landmarks.join(kept, on=AT, maintain_order="left")


def _worked_for_nothing(rows: pl.DataFrame, efforts: pl.DataFrame | None, cut: datetime) -> Expr:
    """Say of which leads the rule of free consulting held at the cut, as they had no order.

    Crown jewels or twenty hours were given unpaid, and the client has been silent for 60 days.
    """
    frame = pl.DataFrame(schema=EFFORTS) if efforts is None else efforts
    known = frame.filter((col("happened_at") <= cut) & (col("recorded_at") <= cut))
    spoke = col("happened_at").filter(col("by_client")).max()
    held = known.group_by("lead_id").agg(
        much=(col("level") >= CROWN_JEWELS_LEVEL).any() | (col("unpaid_hours").sum() >= MANY_HOURS),
        silent=(spoke <= cut - SILENT_FOR).fill_null(value=True),
    )
    return col("lead_id").is_in(held.filter("much", "silent").get_column("lead_id").to_list())
