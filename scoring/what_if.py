"""What a score would be if something came about that the seller can bring about.

The imagined fact is a row of the timeline like any other, dated at the landmark. Features, points
and chance then take the path of every score, so that the same fact, once logged, gives the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

import numpy as np
import polars as pl
from polars import Expr, col, lit

from scoring.feature import Feature, features_at
from scoring.frames import rows_of
from scoring.scorecard import Numbers
from scoring.verdict import Groups, verdict
from scoring.vocabulary import Budget, Fact, Kind, Source, Verdict

MOST = 5
LEADS_AT_ONCE = 1_500
# Each costs five times its score: where more leads are new at once, those in need come first and
# the rest wait for their next score.
MOST_LEADS = 2_000
NEED = (Verdict.LOW, Verdict.WATCH)
WORTH_SAYING = 0.005  # of chance: half a per cent
WORTH_ADDING = 0.05  # points
IMAGINED_ID = 1 << 40
NUMBER_BITS = 4
ACCEPTED, REFUSED = "ACCEPTED", "REFUSED"


class Move(TypedDict):
    """What a reason is worth now and what it would be."""

    code: str
    was: float
    becomes: float


class WhatIf(TypedDict):
    """One imagined fact; `probability` is of the target, as in the score."""

    code: str
    probability: float
    verdict: str
    points: float
    moves: list[Move]


class Said(Protocol):
    """What a scorer says of rows of values."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def worth(self) -> Numbers: ...
    @property
    def chance(self) -> Numbers: ...


class Now(Protocol):
    """A lead's score as it is."""

    @property
    def probability(self) -> float | None: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> list[Any]: ...


@dataclass(frozen=True)
class Ground:
    """What the scores of some leads stand on: their rows with days, and their landmarks.

    `own` has a row per lead with what it says in the vendor's own fields.
    """

    rows: pl.DataFrame
    places: pl.DataFrame
    catalogue: Sequence[Feature]
    marks: Mapping[str, Expr]
    base_rate: Expr
    own: pl.DataFrame | None = None

    def with_own(self, values: pl.DataFrame, lead_id: Expr) -> pl.DataFrame:
        """Add what each lead says in the vendor's own fields."""
        if self.own is None:
            return values
        keyed = values.with_columns(lead_id.alias("of_lead"))
        own = self.own.rename({"lead_id": "of_lead"})
        return keyed.join(own, on="of_lead", how="left", maintain_order="left").drop("of_lead")


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


def foresee(
    ground: Ground,
    now: Mapping[int, Now],
    *,
    say: Callable[[pl.DataFrame], Said],
    groups: Groups,
) -> dict[int, list[WhatIf]]:
    """Return what would change the scores of some leads, by lead, the best first."""
    found: dict[int, list[WhatIf]] = {}
    judged = [lead_id for lead_id, score in now.items() if score.probability is not None]
    lead_ids = sorted(judged, key=lambda lead_id: now[lead_id].verdict not in NEED)[:MOST_LEADS]
    for start in range(0, len(lead_ids), LEADS_AT_ONCE):
        some = lead_ids[start : start + LEADS_AT_ONCE]
        values = _imagined_values(ground, some)
        if values.height:
            for lead_id, what_if in _compared(values, say(values), now, ground, groups):
                found.setdefault(lead_id, []).append(what_if)
    return {lead_id: _chosen(each) for lead_id, each in found.items()}


def _imagined_values(ground: Ground, lead_ids: Sequence[int]) -> pl.DataFrame:
    """Return a row of values for each lead and scenario: `lead_id` holds both."""
    places = ground.places.filter(col("lead_id").is_in(lead_ids))
    rows = ground.rows.filter(col("lead_id").is_in(lead_ids))
    known = rows.join(places.select("lead_id", "as_of"), on="lead_id").filter(
        (col("happened_at") <= col("as_of")) & (col("recorded_at") <= col("as_of"))
    )
    every_place, every_row = [], []
    for number, scenario in enumerate(SCENARIOS):
        ruled_out = known.filter(scenario.unless).get_column("lead_id").unique()
        there = places.filter(~col("lead_id").is_in(ruled_out.implode()))
        of_them = known.drop("as_of").filter(~col("lead_id").is_in(ruled_out.implode()))
        key = _key(number)
        every_place.append(there.with_columns(key))
        every_row += [
            of_them.with_columns(key),
            *(r.with_columns(key) for r in _rows(scenario, there)),
        ]
    asked = pl.concat(every_place).sort("lead_id", "as_of")
    timeline = pl.concat(every_row, how="diagonal")
    values = features_at(
        timeline, asked, catalogue=ground.catalogue, marks=ground.marks, is_bare=True
    )
    context = asked.select("lead_id", "as_of", base_rate=ground.base_rate)
    values = values.join(context, on=["lead_id", "as_of"], maintain_order="left")
    return ground.with_own(values, col("lead_id") // (1 << NUMBER_BITS))


def _key(number: int) -> Expr:
    return (col("lead_id") * (1 << NUMBER_BITS) + number).alias("lead_id")


def _rows(scenario: Scenario, places: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows that would be logged, at the landmark of each lead."""
    for source, facts in scenario.rows.items():
        frame = places.select(
            "lead_id",
            id=lit(IMAGINED_ID),
            happened_at="as_of",
            recorded_at="as_of",
            day="as_of_day",
            workday="as_of_workday",
            **{name: lit(value) for name, value in facts.items()},
        )
        yield rows_of(source, frame)


def _compared(
    values: pl.DataFrame, said: Said, now: Mapping[int, Now], ground: Ground, groups: Groups
) -> Iterator[tuple[int, WhatIf]]:
    """Yield what is worth saying, with the reasons that would move."""
    code_of = {feature.name: feature.reason_code for feature in ground.catalogue}
    named = [code_of.get(name, name) for name in said.columns]
    codes = list(dict.fromkeys(named))
    adds = np.array([[each == code for code in codes] for each in named])
    by_code = (said.worth @ adds).tolist()
    rows = values.select("lead_id", "base_rate").iter_rows()
    for (key, base_rate), points, chance in zip(rows, by_code, said.chance.tolist(), strict=True):
        lead_id, scenario = key >> NUMBER_BITS, SCENARIOS[key & ((1 << NUMBER_BITS) - 1)]
        before = now[lead_id]
        gain = (before.probability or 0) - chance
        if gain * (-1 if scenario.is_warning else 1) < WORTH_SAYING:
            continue
        moves = _moves(before, dict(zip(codes, points, strict=True)))
        signals = {code: worth for code, worth in zip(codes, points, strict=True) if worth > 0}
        judged = verdict(
            order_chance=1 - chance,
            usual_rate=1 - base_rate,
            signals=signals,
            groups=groups,
            previous=before.verdict,
        )
        yield (
            lead_id,
            WhatIf(
                code=scenario.code,
                probability=chance,
                verdict=judged.value,
                points=sum(points) - sum(reason["points"] for reason in before.reasons),
                moves=moves,
            ),
        )


def _moves(before: Now, after: Mapping[str, float]) -> list[Move]:
    was = {reason["code"]: reason["points"] for reason in before.reasons}
    moved = [
        Move(code=code, was=was.get(code, 0.0), becomes=after.get(code, 0.0))
        for code in dict.fromkeys([*after, *was])
    ]
    told = [move for move in moved if abs(move["becomes"] - move["was"]) > WORTH_ADDING]
    return sorted(told, key=lambda move: -abs(move["becomes"] - move["was"]))


def _chosen(found: Sequence[WhatIf]) -> list[WhatIf]:
    """Keep the best few, and the warning where there is one."""
    ordered = sorted(found, key=lambda each: each["probability"])
    warnings = [each for each in ordered if each["code"] in WARNINGS]
    best = [each for each in ordered if each["code"] not in WARNINGS]
    return [*best[: MOST - len(warnings)], *warnings]
