"""What marks a lead beside its chance of late payment: its clauses, and the cash it ties up.

Only what was known at the moment: terms that were recorded by then, a curve that was made by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from crm.models import DealCash, PaymentMilestone, PaymentTerms
from crm.selectors import terms_law
from crm.services import payment_rules

IDS_A_STATEMENT = 2_000
# All that the rules ask and the cash says; a row of a lead has ten times as many columns.
READ = (
    "lead_id",
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
    "lead__account__kind",
    "lead__account__size_class",
    "lead__account__country",
    "cash__made_at",
    "cash__result",
)


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
    for start in range(0, len(wanted), IDS_A_STATEMENT):
        for lead_id, terms in _newest(wanted[start : start + IDS_A_STATEMENT], as_of).items():
            judged = terms_law.findings(rules, terms, terms.lead.account, today=today)
            share, worst = _cash(terms, as_of)
            found[lead_id] = Standing(frozenset(one.status for one in judged), share, worst)
    return found


def _newest(lead_ids: list[int], as_of: datetime) -> Mapping[int, PaymentTerms]:
    rows = (
        PaymentTerms.objects.known_at(as_of)
        .filter(lead__in=lead_ids)
        .select_related("lead__account", "cash")
        .only(*READ)
        .prefetch_related(
            Prefetch(
                "milestones",
                # The rules ask of milestones whether one is paid by a bill, and no more.
                queryset=PaymentMilestone.objects.filter(
                    archived_at=None, instrument=PaymentMilestone.Instrument.BILL
                ).only("terms_id", "instrument"),
            )
        )
        .order_by("happened_at", "pk")
    )
    return {terms.lead_id: terms for terms in rows}


def _cash(terms: PaymentTerms, as_of: datetime) -> tuple[float | None, float | None]:
    kept: DealCash | None = getattr(terms, "cash", None)
    if kept is None or kept.made_at is None or kept.made_at > as_of or "peak" not in kept.result:
        return None, None
    return kept.result.get("share_of_cash"), kept.result["present_value"]["p10"]
