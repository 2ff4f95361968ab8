"""Payment terms: versions that are proposed, corrected while they are the newest, and agreed.

A version that was agreed or followed by another one is never changed: what stood then stays. A
corrected draft counts from its correction on, so that no earlier score learns of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm import rules
from crm.models import DealCost, Invoice, Lead, PaymentMilestone, PaymentTerms, User
from crm.selectors.terms import is_open, newest
from crm.services import cash, figures, leads
from crm.services.errors import EditedMeanwhile, LedgerError

Status = PaymentTerms.Status
Rows = Sequence[Mapping[str, Any]]
NOT_COPIED = {"id", "ledger_id", "version", "lead", "author", "archived_at", "recorded_at"}
OF_MILESTONE = (
    "label",
    "position",
    "share_percent",
    "trigger",
    "planned_date",
    "term_days",
    "instrument",
    "is_retention",
    "trigger_day",
    "is_acceptance",
    "gates_work",
)
OF_COST = ("label", "is_monthly", "amount", "from_day", "to_day")


class VersionStands(LedgerError):
    """A version that was agreed or followed by another one is asked to change."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("This version stands as it is. Start a new version from it."))


@transaction.atomic
def propose(
    *,
    lead: Lead,
    base: int,
    now: datetime,
    by: User,
    token: UUID,
    milestones: Rows,
    costs: Rows,
    **facts: Any,
) -> PaymentTerms:
    """Add a version, once for a token; `base` is the newest one that its author saw, 0 for none.

    Raises EditedMeanwhile when another version came in between.
    """
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if made := PaymentTerms.objects.filter(ledger_id=token.hex).first():
        return made
    before = newest(locked)
    if (before.pk if before else 0) != base:
        raise EditedMeanwhile
    terms = PaymentTerms(lead=locked, author=by, recorded_at=now, ledger_id=token.hex, **facts)
    terms.happened_at = max(terms.happened_at, before.happened_at) if before else terms.happened_at
    return _keep(terms, milestones, costs, now)


@transaction.atomic
def correct(
    *, terms: PaymentTerms, version: int, now: datetime, milestones: Rows, costs: Rows, **facts: Any
) -> PaymentTerms:
    """Change the newest draft; raise EditedMeanwhile or VersionStands."""
    locked = claim(terms, version)
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.recorded_at = now
    for row in (*_milestones(locked), *_costs(locked)):
        row.archived_at = now
        row.save()
    return _keep(locked, milestones, costs, now)


@transaction.atomic
def fill(*, terms: PaymentTerms, version: int, now: datetime, **facts: Any) -> PaymentTerms:
    """Set some facts of the newest draft and leave its rows; raise like `correct`."""
    locked = claim(terms, version)
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.recorded_at = now
    locked.save()
    _follow(locked, now)
    return locked


def claim(terms: PaymentTerms, version: int) -> PaymentTerms:
    """Return a draft locked for a change; raise EditedMeanwhile or VersionStands."""
    lead = Lead.objects.select_for_update().get(pk=terms.lead_id)
    locked = PaymentTerms.objects.select_for_update().get(pk=terms.pk)
    if not is_open(locked, newest(lead)):
        raise VersionStands
    if locked.version != version:
        raise EditedMeanwhile
    locked.version += 1
    return locked


@transaction.atomic
def agree(
    *, terms: PaymentTerms, version: int, signed_date: date, now: datetime, by: User, token: UUID
) -> PaymentTerms:
    """Add the newest draft once more as what was agreed; what was billed moves over to it.

    Raises EditedMeanwhile or VersionStands; sent twice, it agrees once.
    """
    Lead.objects.select_for_update().get(pk=terms.lead_id)  # of two taps, the second waits here
    if made := PaymentTerms.objects.filter(ledger_id=token.hex).first():
        return made
    locked = claim(terms, version)
    agreed = PaymentTerms(**copied(locked), lead=locked.lead, author=by, recorded_at=now)
    agreed.ledger_id, agreed.status, agreed.happened_at = token.hex, Status.AGREED, now
    agreed.signed_date = signed_date
    rows = [{name: getattr(row, name) for name in OF_MILESTONE} for row in _milestones(locked)]
    costs = [{name: getattr(row, name) for name in OF_COST} for row in _costs(locked)]
    earlier = PaymentTerms.objects.filter(lead=locked.lead, status=Status.AGREED, archived_at=None)
    replaced = list(earlier.values_list("pk", flat=True))
    _keep(agreed, rows, costs, now)
    _take_over(agreed, replaced, now)
    return agreed


def _take_over(agreed: PaymentTerms, replaced: Sequence[int], now: datetime) -> None:
    """Let what was accepted and billed under an earlier contract count under the new one."""
    rows = PaymentMilestone.objects.filter(terms__in=replaced, archived_at=None)
    by_name = {(row.position, row.label): row for row in _milestones(agreed)}
    for old in rows:
        new = by_name.get((old.position, old.label))
        if new:
            Invoice.objects.filter(milestone=old).update(milestone=new)
            new.accepted_date = old.accepted_date
            new.accepted_recorded_at = old.accepted_recorded_at
            new.save()
        if new or not (old.accepted_date or old.invoices.exists()):
            old.archived_at = now
            old.save()


def copied(terms: PaymentTerms) -> dict[str, Any]:
    """Return the facts of a version that its copy begins with."""
    fields = (field.name for field in PaymentTerms._meta.concrete_fields)
    return {name: getattr(terms, name) for name in fields if name not in NOT_COPIED}


def _milestones(terms: PaymentTerms) -> list[PaymentMilestone]:
    return list(terms.milestones.filter(archived_at=None).order_by("position", "pk"))


def _costs(terms: PaymentTerms) -> list[DealCost]:
    return list(terms.costs.filter(archived_at=None).order_by("from_day", "pk"))


def _keep(terms: PaymentTerms, milestones: Rows, costs: Rows, now: datetime) -> PaymentTerms:
    """Save a version with its rows and ask for its score and its curve."""
    if milestones:
        for name, value in in_sum(milestones).items():
            setattr(terms, name, value)
    terms.save()
    for position, row in enumerate(milestones):
        facts = {name: row[name] for name in OF_MILESTONE if name in row}
        PaymentMilestone.objects.create(
            **facts | {"position": position}, lead=terms.lead, terms=terms, recorded_at=now
        )
    for row in costs:
        facts = {name: row[name] for name in OF_COST if name in row}
        DealCost.objects.create(**facts, terms=terms, recorded_at=now)
    _follow(terms, now)
    return terms


def _follow(terms: PaymentTerms, now: datetime) -> None:
    figures.refresh([terms.lead_id], now=now)
    leads.mark_for_scoring([terms.lead_id], now=now)
    cash.mark_due([terms.pk], now=now)


def in_sum(milestones: Rows) -> dict[str, Any]:
    """Return what milestones say in sum: advance, retention, and the longest wait after work."""
    advance, kept, waits = Decimal(0), Decimal(0), []
    for position, row in enumerate(milestones):
        share = row["share_percent"] or Decimal(0)
        if rules.is_advance(
            label=row["label"], position=position, trigger_day=row.get("trigger_day")
        ):
            advance += share
            continue
        if row.get("is_retention"):
            kept += share
        if row.get("term_days") is not None:
            waits.append(row["term_days"])
    found: dict[str, Any] = {"prepay_percent": advance, "retention_percent": kept}
    return found | ({"term_days": max(waits)} if waits else {})
