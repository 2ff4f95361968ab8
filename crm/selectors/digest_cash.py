"""The lowest point of a deal's cash, for a decision about its terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm.models import DealCash
from crm.selectors.digest_readers import Span


@dataclass(frozen=True)
class CashLow:
    """How deep the cash of a deal goes, as a rule, and on which day if its signature has one."""

    amount: Decimal
    currency: str
    date: date | None


def lows(lead_ids: Iterable[int], span: Span) -> dict[int, CashLow]:
    """Return the lowest point of the latest terms of each lead, as computed by then; one query."""
    as_of = span.as_of
    curves = DealCash.objects.filter(
        terms__lead__in=list(lead_ids),
        terms__happened_at__lte=as_of,
        terms__recorded_at__lte=as_of,
        terms__archived_at=None,
        made_at__lte=as_of,
    ).order_by("terms__happened_at", "terms__pk")
    rows = curves.values_list(
        "terms__lead", "terms__currency", "terms__signed_date", "result__peak__p50",
        "result__peak_day__p50",
    )  # fmt: skip
    found = {}
    for lead_id, currency, signed, peak, day in rows:
        if peak and peak > 0:
            at = signed + timedelta(days=round(day)) if signed and day is not None else None
            found[lead_id] = CashLow(Decimal(str(peak)), currency, at)
        else:
            found.pop(lead_id, None)  # the latest version counts: it may need no money of ours
    return found
