"""The vendor's own fields that are known when a lead is opened, as a frame for the learned part."""

import polars as pl
from django.db.models import QuerySet
from polars import Expr, col

from crm.models import CustomField, Lead
from scoring.columns import fetch

MOST_FIELDS = 100
PREFIX = "cf_"  # so that no field of the vendor's bears the name of a feature
LEARNED = (
    CustomField.Kind.CHOICE,
    CustomField.Kind.NUMBER,
    CustomField.Kind.DATE,
    CustomField.Kind.YES_NO,
)


def read(leads: QuerySet[Lead]) -> pl.DataFrame | None:
    """Return a column for each field, or None where the vendor has none.

    A field known later has no date in the ledger, so no score may use it; free text says nothing
    that can be counted.
    """
    known = CustomField.objects.filter(
        known_from=CustomField.KnownFrom.CREATION, kind__in=LEARNED
    ).in_order()[:MOST_FIELDS]
    columns = [_column(field) for field in known]
    if not columns:
        return None
    rows = fetch(leads, {"lead_id": "pk", "values": "custom_fields"}, {"values": pl.String})
    return rows.select("lead_id", *columns)


def names_of(frame: pl.DataFrame | None) -> list[str]:
    """Return the names of the fields in a frame."""
    return [] if frame is None else [name for name in frame.columns if name != "lead_id"]


def _column(field: CustomField) -> Expr:
    said = col("values").str.json_path_match(f"$.{field.key}")
    match field.kind:
        case CustomField.Kind.NUMBER:
            said = said.cast(pl.Float64, strict=False)
            said = pl.when(said.is_finite()).then(said)
        case CustomField.Kind.DATE:
            said = said.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    return said.alias(PREFIX + field.key)
