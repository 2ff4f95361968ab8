"""Reads invoices and what came in for them as the plain values that forecasts are made from."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from crm import payment_law, rules
from crm.models import Firm, Invoice, Payment, PaymentMilestone
from crm.payment_priors import read_priors
from scoring.payments import Bill, Curve, Prior, curve_of
from scoring.tables import OWN_CURRENCY

PAID_SHARE = Decimal("0.95")


@cache
def priors() -> Mapping[str, Curve]:
    """Return the shipped day-zero curve of each kind of buyer."""
    return {
        name: curve_of(Prior(row.on_time_share, row.median_days, row.sigma))
        for name, row in read_priors().items()
    }


def read(*, known_at: datetime) -> list[Bill]:
    """Return the invoices that were known at a moment, with the payments known then."""
    zone = Firm.current().zone
    parts = _parts(known_at, zone)
    rows = Invoice.objects.filter(recorded_at__lte=known_at, archived_at=None).values_list(
        "pk",
        "account_id",
        "account__kind",
        "account__size_class",
        "account__country",
        "issued_date",
        "due_date",
        "amount",
        "disputed_date",
        "written_off_date",
        "recorded_at",
        "milestone_label",
        "milestone__trigger_day",
        "milestone__position",
        "milestone__is_retention",
        "milestone__instrument",
        "milestone__terms__recorded_at",
        "milestone__terms__is_back_to_back",
        "milestone__terms__accepted_by_audit",
        "milestone__terms__pays_by_bill",
    )
    return [
        _bill(row, parts.get(row[0], []), zone, known_at) for row in rows.order_by("pk").iterator()
    ]


def _parts(known_at: datetime, zone: ZoneInfo) -> dict[int, list[tuple[int, int, Decimal, bool]]]:
    """Return what came in for each invoice: (paid day, known since, amount, is a credit note)."""
    rows = (
        Payment.objects.filter(recorded_at__lte=known_at, archived_at=None)
        .order_by("invoice", "paid_date", "pk")
        .values_list("invoice", "paid_date", "recorded_at", "amount", "kind")
    )
    return {
        invoice: [
            (day.toordinal(), _day(recorded, zone), amount, kind == Payment.Kind.CREDIT_NOTE)
            for _pk, day, recorded, amount, kind in group
        ]
        for invoice, group in groupby(rows, key=lambda row: row[0])
    }


def _bill(
    row: tuple[Any, ...],
    parts: list[tuple[int, int, Decimal, bool]],
    zone: ZoneInfo,
    known_at: datetime,
) -> Bill:
    pk, account, kind, size, country, issued, due, amount, disputed, written_off, recorded = row[
        :11
    ]
    label, trigger_day, position, is_retention = row[11:15]
    instrument, terms_recorded, back_to_back, by_audit, by_bill = row[15:]
    credited = sum((part for _day, _known, part, is_credit in parts if is_credit), Decimal(0))
    paid_day, paid_known_day = _paid(parts, (amount - credited) * PAID_SHARE)
    today = _day(known_at, zone)
    ends = [day.toordinal() for day in (disputed, written_off) if day]
    if credited >= amount:
        ends.append(min(day for day, _known, _part, is_credit in parts if is_credit))
    known_ends = [day for day in ends if day <= today]
    return Bill(
        key=pk,
        account=account,
        buyer=payment_law.prior_of(kind=kind, size_class=size, country=country),
        issued_day=issued.toordinal(),
        due_day=due.toordinal(),
        paid_day=paid_day,
        ended_day=min(known_ends, default=None),
        known_day=_day(recorded, zone),
        paid_known_day=paid_known_day,
        is_advance=rules.is_advance(label=label, position=position, trigger_day=trigger_day),
        amount=float(amount),
        is_retention=bool(is_retention),
        terms_known_day=_day(terms_recorded, zone) if terms_recorded else 0,
        is_back_to_back=back_to_back,
        is_by_audit=by_audit,
        is_by_bill=by_bill if not instrument else instrument == PaymentMilestone.Instrument.BILL,
    )


def _paid(parts: list[tuple[int, int, Decimal, bool]], enough: Decimal) -> tuple[int | None, int]:
    """Return since when enough money was in and since when that is known."""
    if enough <= 0:
        return None, 0
    total, known_day = Decimal(0), 0
    found: tuple[int | None, int] = (None, 0)
    for day, known, amount, is_credit in parts:
        if is_credit:
            continue
        total, known_day = total + amount, max(known_day, known)
        if total < enough:
            found = (None, 0)
        elif found[0] is None:
            found = (day, known_day)
    return found


def _day(moment: datetime, zone: ZoneInfo) -> int:
    return moment.astimezone(zone).toordinal()


def open_amounts() -> dict[int, Decimal]:
    """Return what is still to come in for each open invoice in the vendor's currency."""
    waiting = Invoice.objects.unpaid().filter(currency=OWN_CURRENCY)
    rows = waiting.values_list("pk", "amount", "paid_amount")
    return {pk: amount - paid for pk, amount, paid in rows}
