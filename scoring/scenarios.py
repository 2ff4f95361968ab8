"""What a seller can bring about: the rows that would be logged, and what rules each out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polars import Expr, col, lit

from scoring.vocabulary import Budget, Fact, Kind, Source

ACCEPTED, REFUSED = "ACCEPTED", "REFUSED"


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
