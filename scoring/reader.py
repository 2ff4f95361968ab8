"""Reads the ledger into timelines; with `tables.py` all that scoring knows of the CRM's tables.

One code path for one lead and for a hundred thousand: rows come in chunks of leads, either as a
range of keys or, when few leads are asked for, by their keys.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from polars import col

from crm.models import Assessment, Invoice, Lead, Payment, PaymentTerms, Target
from crm.workdays import running_workdays
from scoring import frames
from scoring.columns import Columns, fetch
from scoring.frames import INTENT, MOMENT, MONEY, Schema, rows_of
from scoring.tables import INTENT_TABLES, MONEY_TABLES, Table, number
from scoring.vocabulary import LEFT_OUT, Outcome, Source

LEADS_A_CHUNK = 5_000
FEW_LEADS = 2_000
PAID_IN_FULL = 0.95

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

    def where(self, key: str) -> Q:
        """Return the condition that a column names one of the leads."""
        if self.is_range:
            return Q(**{f"{key}__gte": self.lead_ids[0], f"{key}__lte": self.lead_ids[-1]})
        return Q(**{f"{key}__in": self.lead_ids})


def chunks(lead_ids: Iterable[int]) -> Iterator[Chunk]:
    """Yield the leads in chunks, lowest key first."""
    ordered = sorted(set(lead_ids))
    for some in _parts(ordered, LEADS_A_CHUNK):
        if len(some) > FEW_LEADS and some[-1] - some[0] < 3 * len(some):
            yield Chunk(some, is_range=True)
        else:
            yield from (Chunk(few, is_range=False) for few in _parts(some, FEW_LEADS))


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
    found = fetch(rows, columns, LEAD)
    return found.filter(col("lead_id").is_in(list(chunk.lead_ids)))


def leads_with_terms(chunk: Chunk, *, as_of: datetime) -> list[int]:
    """Return the leads whose payment terms were known at a moment."""
    terms = PaymentTerms.objects.filter(
        chunk.where("lead_id"), happened_at__lte=as_of, recorded_at__lte=as_of, archived_at=None
    )
    return list(terms.order_by().values_list("lead_id", flat=True).distinct())


def intent_timeline(chunk: Chunk, leads: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """Return all rows that may speak of an order."""
    rows = [_rows(table, chunk, INTENT, zone) for table in INTENT_TABLES]
    rows += [_earlier_leads(chunk, leads), _earlier_payments(chunk, leads, zone)]
    return frames.timeline(INTENT, rows)


def money_timeline(chunk: Chunk, leads: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """Return all rows that may speak of late payment."""
    rows = [_rows(table, chunk, MONEY, zone) for table in MONEY_TABLES]
    return frames.timeline(MONEY, [*rows, *_invoices(chunk, leads, zone)])


@lru_cache(maxsize=4)
def calendar(country: str, last_year: int) -> pl.DataFrame:
    """Return the running count of working days; made in the worker, never at import."""
    rows = running_workdays(country, last_year)
    return pl.DataFrame(rows, schema={"day": pl.Date, "workday": pl.Int64}, orient="row")


def _rows(table: Table, chunk: Chunk, schema: Schema, zone: str) -> pl.DataFrame:
    found = table.model._default_manager.filter(chunk.where(table.lead), table.only)
    if any(each.name == "archived_at" for each in table.model._meta.fields):
        found = found.filter(archived_at=None)
    frame = fetch(found, table.columns, {**schema, **table.read_as})
    if frame.schema["happened_at"] == pl.Date:
        frame = frame.with_columns(midnight("happened_at", zone))
    frame = frame.with_columns(**table.made).drop(
        name for name in table.read_as if name not in schema
    )
    return rows_of(table.source, frame)


def midnight(name: str, zone: str) -> pl.Expr:
    """Return the moment at which a day begins for the vendor."""
    local = (
        col(name)
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    )
    return local.dt.convert_time_zone("UTC").alias(name)


def _accounts(chunk: Chunk) -> QuerySet[Lead, Any]:
    return Lead.objects.filter(chunk.where("pk")).order_by().values("account_id")


def _earlier_leads(chunk: Chunk, leads: pl.DataFrame) -> pl.DataFrame:
    """Return how other leads of the same account ended, as rows of each lead."""
    ended = Lead.objects.filter(
        account__in=_accounts(chunk), closed_at__isnull=False, archived_at=None
    ).exclude(outcome__in=["", *LEFT_OUT])
    columns = {
        "id": "pk",
        "account_id": "account_id",
        "happened_at": "closed_at",
        "recorded_at": "outcome_recorded_at",
        "outcome": "outcome",
    }
    others = fetch(ended, columns, INTENT)
    pairs = leads.select("lead_id", "account_id").join(others, on="account_id")
    return rows_of(
        Source.EARLIER_LEAD, pairs.filter(col("lead_id") != col("id")).drop("account_id")
    )


def _earlier_payments(chunk: Chunk, leads: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return what the account paid for other leads, as rows of each lead."""
    payments = Payment.objects.filter(
        invoice__account__in=_accounts(chunk), archived_at=None, amount__gt=0
    )
    columns = {
        "id": "pk",
        "account_id": "invoice__account_id",
        "own_lead": "invoice__lead_id",
        "happened_at": "paid_date",
        "recorded_at": "recorded_at",
    }
    paid = fetch(payments, columns, {**INTENT, "happened_at": pl.Date})
    pairs = leads.select("lead_id", "account_id").join(
        paid.with_columns(midnight("happened_at", zone)), on="account_id"
    )
    elsewhere = pairs.filter(col("own_lead").ne_missing(col("lead_id")))
    return rows_of(Source.EARLIER_PAYMENT, elsewhere.drop("account_id", "own_lead"))


INVOICE: Mapping[str, Any] = {
    "issued_date": pl.Date,
    "due_date": pl.Date,
    "disputed_date": pl.Date,
    "recorded_at": MOMENT,
    "amount": pl.Float64,
    "label": pl.String,
    "account_kind": pl.String,
}


def invoices(rows: QuerySet[Invoice]) -> pl.DataFrame:
    """Return invoices as they were issued."""
    columns: Columns = {
        "id": "pk",
        "account_id": "account_id",
        "account_kind": "account__kind",
        "own_lead": "lead_id",
        "milestone_id": "milestone_id",
        "issued_date": "issued_date",
        "due_date": "due_date",
        "disputed_date": "disputed_date",
        "recorded_at": "recorded_at",
        "amount": number("amount"),
        "label": "number",
    }
    return fetch(rows.filter(archived_at=None), columns, INVOICE)


def settlements(rows: QuerySet[Payment], billed: pl.DataFrame) -> pl.DataFrame:
    """Return payments with the word whether an invoice is paid in full by one of them."""
    columns: Columns = {
        "id": "pk",
        "invoice_id": "invoice_id",
        "paid_date": "paid_date",
        "recorded_at": "recorded_at",
        "paid": number("amount"),
    }
    schema: Schema = {"paid_date": pl.Date, "recorded_at": MOMENT, "paid": pl.Float64}
    paid = fetch(rows.filter(archived_at=None), columns, schema).join(
        billed.rename({"id": "invoice_id"}).drop("recorded_at"), on="invoice_id"
    )
    so_far = col("paid").cum_sum().over("invoice_id")
    enough = col("amount") * PAID_IN_FULL
    # In the order in which they were known: a forgotten one found later changes no past moment.
    return paid.sort("recorded_at", "paid_date", "id").with_columns(
        settles=(so_far >= enough) & (so_far - col("paid") < enough)
    )


def _invoices(chunk: Chunk, leads: pl.DataFrame, zone: str) -> list[pl.DataFrame]:
    """Return the account's invoices, disputes and payments as rows of each of its leads."""
    billed = invoices(Invoice.objects.filter(account__in=_accounts(chunk)))
    paid = settlements(Payment.objects.filter(invoice__account__in=_accounts(chunk)), billed)
    billed = billed.with_columns(invoice_id=col("id"))
    rows = [
        *_split(
            billed, leads, "issued_date", zone, own=Source.INVOICE, other=Source.EARLIER_INVOICE
        ),
        *_split(paid, leads, "paid_date", zone, own=Source.PAYMENT, other=Source.EARLIER_PAYMENT),
    ]
    disputed = billed.filter(col("disputed_date").is_not_null())
    return [*rows, _split(disputed, leads, "disputed_date", zone, own=Source.DISPUTE)[0]]


def _split(
    rows: pl.DataFrame,
    leads: pl.DataFrame,
    day: str,
    zone: str,
    *,
    own: Source,
    other: Source | None = None,
) -> list[pl.DataFrame]:
    dated = rows.rename({day: "happened_at"}).with_columns(midnight("happened_at", zone))
    pairs = leads.select("lead_id", "account_id").join(dated, on="account_id")
    is_own = col("own_lead").eq_missing(col("lead_id"))
    keep = [name for name in (*MONEY, "id") if name in pairs.columns]
    parts = [rows_of(own, pairs.filter(is_own).select(keep))]
    if other:
        parts.append(rows_of(other, pairs.filter(~is_own).select(keep)))
    return parts
