"""Reads the ledger into timelines, of the tables and columns that `tables.py`, `money_rows.py`
and `states.py` name.

One code path for one lead and for a hundred thousand: rows come in chunks of leads, either as a
range of keys (of one, or of many) or, when few leads are asked for, by their keys. What several
chunks read of one table is fetched at once: the database looks through its biggest tables as a
whole each time. What is asked of a range is compiled once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from polars import col

from crm.models import Assessment, Lead, PaymentTerms, Target
from crm.workdays import running_workdays
from scoring import frames, money_rows, states
from scoring.columns import Columns, Statement, compiled
from scoring.frames import DATED, INTENT, MOMENT, MONEY, Schema, identity, midnight, rows_of
from scoring.money_rows import MONEY_TABLES
from scoring.tables import (
    EARLIER_LEADS,
    EARLIER_PAYMENTS,
    INTENT_TABLES,
    PEOPLE,
    PRESENCE_TRAIL,
    Table,
)
from scoring.vocabulary import Outcome, Source

LEADS_A_READING, LEADS_A_CHUNK = 12_000, 6_000
FEW_LEADS = 2_000
FIRST, LAST = -(1 << 62), 1 - (1 << 62)  # stand for the ends of a range of keys
ANY_MOMENT = datetime(1900, 1, 1, 0, 0, 0, 1, tzinfo=UTC)  # stands for the moment of a score

LEAD: Schema = {
    "lead_id": pl.Int64,
    "account_id": pl.Int64,
    "account_kind": pl.String,
    "closed_at": MOMENT,
    "outcome": pl.String,
    "previous": pl.String,
}


@dataclass(frozen=True)
class Chunk:
    """Some leads to read together, as a range of keys when nearly all between are meant."""

    lead_ids: Sequence[int]
    is_range: bool
    # Whether moments in the past are asked for: then rows come with what they said before.
    is_past: bool = False
    # The chunk of which it is a part, and which keeps what was read for all of its parts.
    whole: "Chunk | None" = None
    kept: dict[Table, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    def where(self, key: str) -> Q:
        """Return the condition that a column names one of the leads."""
        if self.is_range:
            return Q(**{f"{key}__gte": self.lead_ids[0], f"{key}__lte": self.lead_ids[-1]})
        return Q(**{f"{key}__in": self.lead_ids})


def readings(lead_ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Yield the leads in portions that are read at once, lowest key first."""
    yield from _parts(sorted(set(lead_ids)), LEADS_A_READING)


def chunks(lead_ids: Iterable[int], *, is_past: bool = False) -> Iterator[Chunk]:
    """Yield the leads in chunks, lowest key first."""
    for some in readings(lead_ids):
        if len(some) == 1:
            yield Chunk(some, is_range=True, is_past=is_past)
        elif len(some) > FEW_LEADS and some[-1] - some[0] < 3 * len(some):
            whole = Chunk(some, is_range=True, is_past=is_past)
            for part in _parts(some, LEADS_A_CHUNK):
                yield replace(whole, lead_ids=part, whole=whole)
        else:
            for few in _parts(some, FEW_LEADS):
                yield Chunk(few, is_range=False, is_past=is_past)


def _parts(lead_ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(lead_ids), size):
        yield lead_ids[start : start + size]


def lead_ids_at(as_of: datetime) -> list[int]:
    """Return the leads that ran at a moment, and the won ones whose money is on its way."""
    known = Lead.objects.filter(opened_at__lte=as_of, recorded_at__lte=as_of, archived_at=None)
    with_terms = PaymentTerms.objects.filter(happened_at__lte=as_of, archived_at=None)
    won = known.filter(
        outcome=Outcome.WON,
        outcome_recorded_at__lte=as_of,
        pk__in=with_terms.values("lead_id"),
    )
    running = Lead.objects.open_at(as_of).filter(recorded_at__lte=as_of)
    return [*running.values_list("pk", flat=True), *won.values_list("pk", flat=True)]


def leads_of(chunk: Chunk, *, as_of: datetime) -> pl.DataFrame:
    """Return the leads of a chunk that were known at a moment, with the verdict before it."""
    found = _asked(_leads, chunk, as_of)
    if chunk.is_past:
        kinds = _places(chunk, found).select("lead_id", "account_kind", "since", "until_at")
        moments = found.with_columns(as_of=pl.lit(as_of, dtype=MOMENT))
        found = frames.as_said(moments, kinds, key="lead_id").drop("as_of")
    return found.filter(col("lead_id").is_in(list(chunk.lead_ids)))


def _leads(chunk: Chunk, as_of: datetime) -> Statement:
    before = Assessment.objects.filter(
        lead=OuterRef("pk"), target=Target.NO_ORDER, as_of__lt=as_of
    ).order_by("-as_of", "-pk")
    rows = Lead.objects.filter(
        chunk.where("pk"), opened_at__lte=as_of, recorded_at__lte=as_of, archived_at=None
    )
    columns: Columns = {
        "lead_id": "pk",
        "account_id": "account_id",
        "account_kind": "account__kind",
        "closed_at": "closed_at",
        "outcome": Case(When(outcome_recorded_at__lte=as_of, then="outcome"), default=Value("")),
        "previous": Subquery(before.values("verdict")[:1]),
    }
    return compiled(rows, columns, LEAD)


def leads_with_terms(chunk: Chunk, *, as_of: datetime) -> list[int]:
    """Return the leads whose payment terms were known at a moment."""
    found = set(_asked(_terms, chunk, as_of).get_column("lead_id").to_list())
    if chunk.is_past:
        found |= states.leads_of_trail(PaymentTerms, chunk.where("lead_id"), moment=as_of)
    return sorted(found)


def _terms(chunk: Chunk, as_of: datetime) -> Statement:
    known = {"happened_at__lte": as_of, "recorded_at__lte": as_of}
    terms = PaymentTerms.objects.filter(chunk.where("lead_id"), archived_at=None, **known)
    return compiled(terms, {"lead_id": "lead_id"}, LEAD)


def _asked(
    of: Callable[[Chunk, datetime], Statement], chunk: Chunk, as_of: datetime
) -> pl.DataFrame:
    """Return what is asked of leads at a moment; what is asked of a range is compiled once."""
    if not chunk.is_range:
        return of(chunk, as_of).fetch()
    any_moment, moment = map(connection.ops.adapt_datetimefield_value, (ANY_MOMENT, as_of))
    return _of_range(of).fetch({**_ends(chunk), any_moment: moment})


@lru_cache(maxsize=4)
def _of_range(of: Callable[[Chunk, datetime], Statement]) -> Statement:
    return of(Chunk((FIRST, LAST), is_range=True), ANY_MOMENT)


def _ends(chunk: Chunk) -> dict[Any, Any]:
    return {FIRST: chunk.lead_ids[0], LAST: chunk.lead_ids[-1]}


def intent_timeline(chunk: Chunk, leads: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """Return all rows that may speak of an order."""
    rows = [_rows(table, chunk, INTENT, zone) for table in INTENT_TABLES]
    if chunk.is_past:
        trail = _rows(PRESENCE_TRAIL, chunk, INTENT, zone)
        rows = _beside(states.as_present(rows, trail), chunk, leads)
    rows += [_earlier_leads(chunk, leads), _earlier_payments(chunk, leads, zone)]
    return frames.timeline(INTENT, rows)


def money_timeline(chunk: Chunk, leads: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """Return all rows that may speak of late payment."""
    rows = [_rows(table, chunk, MONEY, zone) for table in MONEY_TABLES]
    read = partial(_read, chunk=chunk, of_accounts=True)
    rows += money_rows.rows(read, leads, zone=zone, joined=_joined(chunk))
    return frames.timeline(MONEY, rows)


@lru_cache(maxsize=4)
def calendar(country: str, last_year: int) -> pl.DataFrame:
    """Return the running count of working days; made in the worker, never at import."""
    rows = running_workdays(country, last_year)
    return pl.DataFrame(rows, schema={"day": pl.Date, "workday": pl.Int64}, orient="row")


def _rows(table: Table, chunk: Chunk, schema: Schema, zone: str) -> pl.DataFrame:
    if chunk.whole is None:
        return _rows_read(table, chunk, schema, zone)
    kept = chunk.whole.kept
    if table not in kept:
        kept[table] = _rows_read(table, chunk.whole, schema, zone)
    return kept[table].filter(col("lead_id").is_between(chunk.lead_ids[0], chunk.lead_ids[-1]))


def _rows_read(table: Table, chunk: Chunk, schema: Schema, zone: str) -> pl.DataFrame:
    frame = _read(table, chunk)
    if frame.is_empty():
        return pl.DataFrame(schema=DATED)
    made = dict(table.made)
    if frame.schema["happened_at"] == pl.Date:
        made = {"happened_at": midnight("happened_at", zone), **made}
    kept = [name for name in frame.columns if name in schema and name not in made]
    return frame.select(*kept, **made, **identity(table.source))


def _read(table: Table, chunk: Chunk, *, of_accounts: bool = False) -> pl.DataFrame:
    """Return a table's rows of some leads, or of their accounts."""
    if chunk.is_past or not chunk.is_range:
        where = _where(chunk, of_accounts=of_accounts)
        return states.rows_of_table(table, where, _types(table), is_past=chunk.is_past)
    return _compiled(table, of_accounts=of_accounts).fetch(_ends(chunk))


def _types(table: Table) -> Schema:
    return {**INTENT, **MONEY, **table.read_as}


@lru_cache(maxsize=100)
def _compiled(table: Table, *, of_accounts: bool) -> Statement:
    """Return what is asked of a table's rows as they stand, of a range of any leads."""
    where = _where(Chunk((FIRST, LAST), is_range=True), of_accounts=of_accounts)
    return compiled(states.standing(table, where), states.columns_of(table), _types(table))


def _where(chunk: Chunk, *, of_accounts: bool) -> states.Where:
    if not of_accounts:
        return chunk.where
    accounts = _accounts(chunk)
    return lambda column: Q(**{f"{column}__in": accounts})


def _beside(rows: Sequence[pl.DataFrame], chunk: Chunk, leads: pl.DataFrame) -> list[pl.DataFrame]:
    """Return rows with what their accounts and people said at each time."""
    people = states.beside(PEOPLE, _where(chunk, of_accounts=True), key="contact_id")
    told = ((people, "contact_id"), (_places(chunk, leads), "lead_id"))
    found = list(rows)
    for frame, key in told:
        found = [
            states.as_then(each, frame, key=key) if key in each.columns else each for each in found
        ]
    return found


def _places(chunk: Chunk, leads: pl.DataFrame) -> pl.DataFrame:
    accounts = _where(chunk, of_accounts=True)
    return states.places(leads, leads=chunk.where, accounts=accounts)


def _joined(chunk: Chunk) -> pl.DataFrame | None:
    """Return when leads came to the accounts by a merge, where the past is asked for."""
    return states.joined(_accounts(chunk)) if chunk.is_past else None


def _accounts(chunk: Chunk) -> QuerySet[Lead, Any]:
    return Lead.objects.filter(chunk.where("pk")).order_by().values("account_id")


def _earlier_leads(chunk: Chunk, leads: pl.DataFrame) -> pl.DataFrame:
    """Return how other leads of the same account ended, as rows of each lead."""
    others = _read(EARLIER_LEADS, chunk, of_accounts=True)
    if others.is_empty():
        return pl.DataFrame(schema=DATED)
    pairs = leads.select("lead_id", "account_id").join(others, on="account_id")
    elsewhere = pairs.filter(col("lead_id") != col("id")).drop("account_id")
    dated = states.since_merged(elsewhere, _joined(chunk), of="id")
    return rows_of(Source.EARLIER_LEAD, dated)


def _earlier_payments(chunk: Chunk, leads: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return what the account paid for other leads, as rows of each lead."""
    paid = _read(EARLIER_PAYMENTS, chunk, of_accounts=True)
    if paid.is_empty():
        return pl.DataFrame(schema=DATED)
    pairs = leads.select("lead_id", "account_id").join(
        paid.with_columns(midnight("happened_at", zone)), on="account_id"
    )
    elsewhere = pairs.filter(col("own_lead").ne_missing(col("lead_id"))).drop("account_id")
    dated = states.since_merged(elsewhere, _joined(chunk), of="own_lead")
    return rows_of(Source.EARLIER_PAYMENT, dated.drop("own_lead"))
