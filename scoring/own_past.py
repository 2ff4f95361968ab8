"""Reads a vendor's whole past from the ledger, for training and backtests."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl
from django.db.models import Q, QuerySet

from crm.models import Deliverable, Firm, Interaction, Lead
from scoring import history, own_fields, reader, states
from scoring.columns import Columns, fetch
from scoring.frames import INTENT
from scoring.labels import EFFORTS
from scoring.past import HISTORY_LEADS, History
from scoring.tables import number

DATED = {"lead_id": "lead_id", "happened_at": "happened_at", "recorded_at": "recorded_at"}


def read(until: datetime) -> History:
    """Return all leads opened before a moment with their rows and ends."""
    zone = Firm.current().zone
    leads = history.leads_until(until).select(list(HISTORY_LEADS))
    own = own_fields.read(Lead.objects.filter(opened_at__lt=until, archived_at=None))
    return History(
        leads=leads,
        timeline=pl.concat([pl.DataFrame(schema=INTENT), *_timelines(leads, until, str(zone))]),
        usual=history.monthly(until, leads, zone=zone),
        calendar=reader.calendar(Firm.current().holiday_country, until.year + 1),
        zone=str(zone),
        efforts=pl.concat([pl.DataFrame(schema=EFFORTS), *_efforts()], how="diagonal"),
        fields=own.states,
        entered=own.entered,
        kinds=_kinds(leads),
    )


def _kinds(leads: pl.DataFrame) -> pl.DataFrame:
    places = states.places(leads, leads=lambda _column: Q(), accounts=lambda _column: Q())
    return places.select("lead_id", "account_kind", "since", "until_at")


def _timelines(leads: pl.DataFrame, until: datetime, zone: str) -> Iterator[pl.DataFrame]:
    for chunk in reader.chunks(leads.get_column("lead_id"), is_past=True):
        known = reader.leads_of(chunk, as_of=until)
        yield reader.intent_timeline(chunk, known, zone=zone)


def _efforts() -> Iterator[pl.DataFrame]:
    """Yield unpaid work and contacts, in pieces by table."""
    met: QuerySet[Interaction] = Interaction.objects.filter(archived_at=None)
    columns: Columns = {
        **DATED,
        "presales": number("presales_hours"),
        "travel": number("travel_hours"),
        "side": "initiated_by",
        "is_paid": "paid_by_client",
    }
    schema = {**EFFORTS, "presales": pl.Float64, "travel": pl.Float64, "side": pl.String}
    rows = fetch(met, columns, {**schema, "is_paid": pl.Boolean})
    hours = pl.col("presales").fill_null(0) + pl.col("travel").fill_null(0)
    yield rows.select(
        *DATED,
        unpaid_hours=pl.when(~pl.col("is_paid")).then(hours),
        by_client=pl.col("side") == Interaction.Side.CLIENT.value,
    )
    given = Deliverable.objects.filter(archived_at=None).exclude(paid=True)
    columns = {**DATED, "level": "disclosure_level", "unpaid_hours": number("hours")}
    yield fetch(given, columns, EFFORTS)
