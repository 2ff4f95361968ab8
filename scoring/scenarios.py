"""What a seller can bring about: the rows that would be logged, and what rules each out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import polars as pl
from polars import Expr, col, lit

from scoring.frames import INTENT, rows_of
from scoring.vocabulary import Budget, Fact, Kind, Source

ACCEPTED, REFUSED = "ACCEPTED", "REFUSED"


IMAGINED_ID = 1 << 40


@dataclass(frozen=True, eq=False)
class Scenario:
    """Something to bring about: the rows that would be logged, and the rows that rule it out."""

    code: str
    rows: Mapping[Source, Mapping[str, Any]]
    unless: Expr = field(default_factory=lambda: lit(value=False))
    is_warning: bool = False


def _talk(**facts: Any) -> Mapping[Source, Mapping[str, Any]]:
    """Return a call of ours of which only some facts are known."""
    return {Source.INTERACTION: {"kind": str(Kind.CALL), "by_client": False, **facts}}


def _answer(value: str) -> Mapping[Source, Mapping[str, Any]]:
    return {Source.OFFER: {}, Source.OFFER_ANSWER: {"value": value}}


_accepted = (col("source") == Source.OFFER_ANSWER) & (col("value") == ACCEPTED)
SCENARIOS = (
    Scenario("BUDGET_APPROVED", _talk(budget=str(Budget.APPROVED))),
    Scenario("PAID_STEP_ACCEPTED", _answer(ACCEPTED), unless=_accepted),
    Scenario("CLIENT_CALLS", _talk(by_client=True)),
    Scenario("BUDGET_HOLDER_JOINS", _talk(budget_holder=True), unless=col("budget_holder")),
    Scenario("NEXT_STEP_DATED", _talk(next_step_dated=True)),
    Scenario("BUSINESS_OWNER_NAMED", {Source.FACT: {"kind": str(Fact.BUSINESS_OWNER)}}),
    Scenario("PAID_STEP_REFUSED", _answer(REFUSED), unless=_accepted, is_warning=True),
)
CODES = tuple(scenario.code for scenario in SCENARIOS)
WARNINGS = frozenset(scenario.code for scenario in SCENARIOS if scenario.is_warning)
# Of a row that is logged, what its landmark says.
AT_LANDMARK = {
    "lead_id": "lead_id",
    "happened_at": "as_of",
    "recorded_at": "as_of",
    "day": "as_of_day",
    "workday": "as_of_workday",
}


@lru_cache(maxsize=1)
def facts() -> pl.DataFrame:
    """Return what all scenarios would log, a row each, with the place of its scenario; made in
    the worker, never at import.
    """
    schema = {name: dtype for name, dtype in INTENT.items() if name not in AT_LANDMARK}
    rows = [
        rows_of(source, pl.DataFrame([{"id": IMAGINED_ID, "scenario": at, **said}]))
        for at, scenario in enumerate(SCENARIOS)
        for source, said in scenario.rows.items()
    ]
    every = pl.concat([pl.DataFrame(schema=schema), *rows], how="diagonal")
    return every.sort("scenario", "row_id")


def rows_logged(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that would be logged at landmarks, each named with a `scenario`."""
    dated = {name: col(told) for name, told in AT_LANDMARK.items() if name != told}
    return pairs.join(facts(), on="scenario", maintain_order="left_right").with_columns(**dated)
