"""What marks a lead beside its chance of late payment: its clauses, and the cash it ties up.

Only what was known at the moment: terms that were recorded by then, a curve that was made by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from crm import payment_law
from crm.models import PaymentMilestone, PaymentTerms
from crm.payment_law import TermsFacts
from crm.selectors import terms_law
from crm.services import payment_rules

IDS_A_STATEMENT = 2_000
# All that the rules ask of terms and of a client, and what the cash says.
OF_TERMS = (
    "signed_date",
    "term_days",
    "bill_days",
    "pays_by_bill",
    "inspection_days",
    "sme_declared",
    "is_back_to_back",
    "accepted_by_audit",
    "needs_internal_approval",
    "performance_bond_percent",
    "retention_percent",
)
OF_CLIENT = {
    "kind": "lead__account__kind",
    "size_class": "lead__account__size_class",
    "country": "lead__account__country",
}
OF_CASH = ("cash__made_at", "cash__result")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """The statuses of a lead's clauses, its peak as a share of cash, its worst present value."""

    statuses: frozenset[str] = frozenset()
    peak_share: float | None = None
    worst_value: float | None = None


def at(lead_ids: Iterable[int], *, as_of: datetime, zone: ZoneInfo) -> Mapping[int, Standing]:
    """Return what was known at a moment of the newest terms of some leads."""
    rules, today = payment_rules.current_rules(), as_of.astimezone(zone).date()
    wanted, found = list(lead_ids), {}
    terms = PaymentTerms()  # says in turn what each row says: to make one takes longer
    for start in range(0, len(wanted), IDS_A_STATEMENT):
        for lead_id, row in _newest(wanted[start : start + IDS_A_STATEMENT], as_of).items():
            client = {name: row[column] for name, column in OF_CLIENT.items()}
            judged = payment_law.findings(rules, _facts(terms, row, today), **client)
            share, worst = _cash(row, as_of)
            found[lead_id] = Standing(frozenset(one.status for one in judged), share, worst)
    return found


def _newest(lead_ids: list[int], as_of: datetime) -> Mapping[int, Row]:
    """Return the newest terms of some leads, a row each."""
    bills = PaymentMilestone.objects.filter(
        terms=OuterRef("pk"), archived_at=None, instrument=PaymentMilestone.Instrument.BILL
    )
    rows = (
        PaymentTerms.objects.known_at(as_of)
        .filter(lead__in=lead_ids)
        .annotate(one_is_paid_by_bill=Exists(bills))
        .order_by("happened_at", "pk")
    )
    names = ("lead_id", "one_is_paid_by_bill", *OF_TERMS, *OF_CLIENT.values(), *OF_CASH)
    return {row["lead_id"]: row for row in rows.values(*names)}


def _facts(terms: PaymentTerms, row: Row, today: date) -> TermsFacts:
    """Return what terms say as the rules are asked: one milestone by bill is paid by bill."""
    for name in OF_TERMS:
        setattr(terms, name, row[name])
    if row["one_is_paid_by_bill"]:
        terms.pays_by_bill = True
    return terms_law.facts_of(terms, today=today)


def _cash(row: Row, as_of: datetime) -> tuple[float | None, float | None]:
    made_at, result = row["cash__made_at"], row["cash__result"]
    if made_at is None or made_at > as_of or "peak" not in result:
        return None, None
    return result.get("share_of_cash"), result["present_value"]["p10"]
