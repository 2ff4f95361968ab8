"""A vendor's past as landmarks: moments of its leads, what was known then, what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
from polars import col

from scoring import features, labels, marks, numbers, own_values
from scoring.feature import features_at
from scoring.frames import as_said, with_days, with_workdays
from scoring.landmarks import AT, LANDMARK, landmarks
from scoring.usual import HORIZON, LEADS, order_rate
from scoring.vocabulary import LEFT_OUT, Source

LANDMARK_DAYS = (0, 14, 30, 60, 90)
LANDMARK_INTERACTIONS = (2, 4, 8)
CATALOGUE = (*features.FEATURES, *numbers.NUMBERS, numbers.ACCOUNT_KIND)
HISTORY_LEADS = {**LEADS, "account_id": pl.Int64}


@dataclass(frozen=True)
class History:
    """All that a vendor's ledger says of its leads, as frames.

    `usual` has a row per month and account kind; `efforts` is for the rule of free consulting;
    `fields` are states of the vendor's own fields (see `own_values.known_at`), `entered` says when
    each standing value was entered, by lead_id; nothing is learned from those `left_out`. `kinds`
    are states of the leads' accounts, where they changed; `usual` counts all by today's kind.
    """

    leads: pl.DataFrame
    timeline: pl.DataFrame
    usual: pl.DataFrame
    calendar: pl.DataFrame
    zone: str
    efforts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=labels.EFFORTS))
    fields: Sequence[pl.DataFrame] = ()
    entered: pl.DataFrame | None = None
    kinds: pl.DataFrame | None = None
    left_out: frozenset[str] = frozenset()
    horizon: timedelta = HORIZON

    @property
    def field_names(self) -> list[str]:
        """Return the own fields that may be learned from."""
        return [name for name in own_values.names_of(self.fields) if name not in self.left_out]


def after_days(history: History, days: Iterable[int]) -> pl.DataFrame:
    """Return the moments so many days after each lead's opening."""
    moments = [
        history.leads.select("lead_id", as_of=col("opened_at") + timedelta(days=each))
        for each in days
    ]
    return pl.concat(moments)


def after_interactions(history: History, counts: Iterable[int]) -> pl.DataFrame:
    """Return the moments at which so many interactions of a lead were known."""
    talks = history.timeline.filter(source=Source.INTERACTION)
    met = talks.group_by("lead_id", "row_id").agg(
        as_of=pl.max_horizontal("happened_at", "recorded_at").min()
    )
    nth = met.sort("lead_id", "as_of").with_columns(
        nth=pl.int_range(1, pl.len() + 1).over("lead_id")
    )
    return nth.filter(col("nth").is_in(list(counts))).select("lead_id", "as_of")


def running_at(history: History, moments: pl.DataFrame) -> pl.DataFrame:
    """Keep the moments at which the lead was known and ran, once each, with its account."""
    leads = history.leads.select(
        "lead_id", "account_id", "account_kind", "opened_at", "recorded_at", "closed_at"
    )
    rows = moments.unique(["lead_id", "as_of"]).join(leads, on="lead_id")
    if history.kinds is not None:
        rows = as_said(rows, history.kinds, key="lead_id")
    return (
        rows.filter(
            (col("as_of") >= pl.max_horizontal("opened_at", "recorded_at"))
            & (col("closed_at") > col("as_of")).fill_null(value=True)
        )
        .select(*LANDMARK, "account_id", "opened_at")
        .sort(*AT)
    )


def training_moments(history: History) -> pl.DataFrame:
    """Return the landmarks of every lead: some days after its opening, some interactions in."""
    days = after_days(history, LANDMARK_DAYS)
    met = after_interactions(history, LANDMARK_INTERACTIONS)
    return running_at(history, pl.concat([days, met]))


def values_at(history: History, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of landmarks with what was known at each: features and the usual rate."""
    zone = history.zone
    wanted = history.timeline.filter(col("lead_id").is_in(rows["lead_id"].unique().to_list()))
    timeline = with_days(wanted, moment="happened_at", day="day", zone=zone)
    timeline = with_workdays(timeline, history.calendar, day="day", workday="workday")
    places = landmarks(rows, usual=history.usual, calendar=history.calendar, zone=zone)
    values = features_at(timeline, places, catalogue=CATALOGUE, marks=marks.INTENT_MARKS)
    context = places.select(*AT, base_rate=_base_rate())
    found = rows.join(values, on=AT, maintain_order="left").join(
        context, on=AT, maintain_order="left"
    )
    return own_values.known_at(found, history.fields)


def training_values(history: History, *, until: datetime) -> pl.DataFrame:
    """Return all landmarks up to a moment with what was known at each."""
    moments = training_moments(history)
    return values_at(history, moments.filter(col("as_of") <= until))


def _base_rate() -> pl.Expr:
    return 1 - order_rate(col("usual_orders").fill_null(0), col("usual_closed").fill_null(0))


def labelled(history: History, values: pl.DataFrame, *, cut: datetime, target: str) -> pl.DataFrame:
    """Return the rows whose end was known at the cut: `label`, `weight`, `stands_for`.

    The rows of a lead weigh 1 together; `stands_for` is how many rows each speaks for.
    """
    found = labels.labels(
        values,
        leads=history.leads,
        cut=cut,
        target=target,
        efforts=history.efforts,
        horizon=history.horizon,
    )
    return found.with_columns(
        weight=1 / pl.len().over("lead_id"), stands_for=_stands_for(history, values, found, cut)
    )


def _stands_for(
    history: History, values: pl.DataFrame, found: pl.DataFrame, cut: datetime
) -> pl.Series:
    """Return how many rows each labelled one speaks for, those not labelled yet included.

    An order is known sooner than a lead that fades, so the labels of a young past hold too many
    orders. An end that came late could be seen of few rows and speaks for more of them; leads
    without an end speak for all the rest.
    """
    ends = history.leads.select("lead_id", "closed_at", "outcome_recorded_at", "outcome")
    known_at = pl.max_horizontal("closed_at", "outcome_recorded_at")
    ended = ((col("outcome") != "") & (known_at <= cut)).fill_null(value=False)
    seen = values.select(*AT).filter(col("as_of") <= cut).join(ends, on="lead_id")
    seen = seen.filter(~(ended & col("outcome").is_in(LEFT_OUT)))
    watched = (cut - seen.get_column("as_of")).sort()
    after = pl.min_horizontal(known_at - col("as_of"), history.horizon)
    rows = found.select(*AT).join(ends, on="lead_id", maintain_order="left")
    rows = rows.select(ended=ended, after=after.fill_null(history.horizon))
    reached = watched.len() - watched.search_sorted(rows.get_column("after"), side="left")
    weighed = rows.with_columns(own=watched.len() / reached.cast(pl.Float64))
    of_ended = weighed.filter("ended").get_column("own").sum()
    rest = max(watched.len() - of_ended, 0) / max(weighed.filter(~col("ended")).height, 1)
    return weighed.select(pl.when("ended").then("own").otherwise(rest)).to_series()
