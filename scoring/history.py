"""What was usual for the vendor: computed from the ledger's history, kept as dated rows.

A nightly run computes and stores it, so that the score of a single lead never reads the history.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction
from django.db.models import Subquery
from polars import col

from crm.models import Interaction, Lead, LeadFact
from scoring import money_rows, usual
from scoring.columns import Columns, fetch
from scoring.frames import MOMENT, midnight
from scoring.models import UsualFigure
from scoring.past import HISTORY_LEADS
from scoring.tables import OWN_VALUE
from scoring.usual import CONTACTS_OF, FIGURES, USUAL


def usual_at(as_of: datetime, *, zone: ZoneInfo, refresh: bool) -> pl.DataFrame:
    """Return what was usual at a moment: the latest stored figures, or freshly computed ones."""
    figures = UsualFigure.objects.filter(from_at__lte=as_of)
    columns: Columns = {name: name for name in USUAL}
    if not refresh:
        latest = figures.order_by("-from_at").values("from_at")[:1]
        found = fetch(UsualFigure.objects.filter(from_at=Subquery(latest)), columns, USUAL)
        if found.height:
            return found
    midnight = datetime.combine(as_of.astimezone(zone).date(), time(), zone)
    from_at = midnight.astimezone(UTC)
    store(compute(from_at, zone=zone), from_at=from_at)
    return fetch(figures.filter(from_at=from_at), columns, USUAL)


def compute(moment: datetime, *, zone: ZoneInfo) -> pl.DataFrame:
    """Return what was usual, from what was known before a moment."""
    return usual.usual_figures(
        [moment],
        leads=leads_until(moment),
        contacts=_contacts(moment, since=moment - CONTACTS_OF),
        events=_events(moment),
        invoices=_invoices(zone),
    )


def monthly(until: datetime, leads: pl.DataFrame, *, zone: ZoneInfo) -> pl.DataFrame:
    """Return what was usual from the first of each month on, for leads read up to a moment."""
    if leads.is_empty():
        return pl.DataFrame(schema=USUAL)
    first = leads.select(col("opened_at").dt.convert_time_zone(str(zone)).min()).item()
    return usual.usual_figures(
        _months(first, until, zone),
        leads=leads,
        contacts=_contacts(until, since=first),
        events=_events(until),
        invoices=_invoices(zone),
    )


def _months(first: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    last = until.astimezone(zone)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    starts = [divmod(first.month - 1 + each, 12) for each in range(count)]
    days = [date(first.year + years, month + 1, 1) for years, month in starts]
    return [datetime.combine(day, time(), zone).astimezone(UTC) for day in days]


@transaction.atomic
def store(figures: pl.DataFrame, *, from_at: datetime) -> None:
    """Keep the figures of one moment in place of any computed for it before."""
    UsualFigure.objects.filter(from_at=from_at).delete()
    UsualFigure.objects.bulk_create(
        UsualFigure(
            from_at=from_at,
            account_kind=row["account_kind"] or "",
            **{name: row[name] for name in FIGURES if row[name] is not None},
        )
        for row in figures.iter_rows(named=True)
    )


def leads_until(moment: datetime) -> pl.DataFrame:
    """Return the leads that were opened before a moment, with their ends."""
    columns: Columns = {
        "lead_id": "pk",
        "account_id": "account_id",
        "account_kind": "account__kind",
        "opened_at": "opened_at",
        "recorded_at": "recorded_at",
        "closed_at": "closed_at",
        "outcome_recorded_at": "outcome_recorded_at",
        "outcome": "outcome",
        "amount": OWN_VALUE,
    }
    rows = Lead.objects.filter(opened_at__lt=moment, archived_at=None)
    return fetch(rows, columns, HISTORY_LEADS)


def _contacts(moment: datetime, *, since: datetime) -> pl.DataFrame:
    """Return the contacts that clients began in the time before a moment."""
    columns: Columns = {
        "lead_id": "lead_id",
        "account_kind": "lead__account__kind",
        "happened_at": "happened_at",
        "recorded_at": "recorded_at",
    }
    rows = Interaction.objects.filter(
        initiated_by=Interaction.Side.CLIENT,
        happened_at__gte=since,
        happened_at__lt=moment,
        archived_at=None,
    )
    return fetch(rows, columns, usual.CONTACTS)


def _events(moment: datetime) -> pl.DataFrame:
    rows = LeadFact.objects.filter(
        kind=LeadFact.Kind.COMPELLING_EVENT, happened_at__lt=moment, archived_at=None
    )
    return fetch(rows, {name: name for name in usual.EVENTS}, usual.EVENTS)


def _invoices(zone: ZoneInfo) -> pl.DataFrame:
    billed = money_rows.all_invoices()
    paid = money_rows.all_settlements(billed).filter(col("settles") & col("until_at").is_null())
    paid = paid.select("invoice_id", "paid_date", paid_recorded_at="recorded_at")
    dated = billed.join(paid, left_on="id", right_on="invoice_id", how="left").with_columns(
        midnight(day, str(zone)) for day in ("issued_date", "due_date", "paid_date")
    )
    named = dated.rename({"issued_date": "issued_at", "due_date": "due_at", "paid_date": "paid_at"})
    return named.select(
        col(name).cast(MOMENT if "_at" in name else pl.String) for name in usual.INVOICES
    )
