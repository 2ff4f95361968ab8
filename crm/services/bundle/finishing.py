"""What follows once all files are in: payments, links, figures, audit trail and marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.models import (
    Account,
    Contact,
    Interaction,
    InteractionEffort,
    Invoice,
    Lead,
    Payment,
    PaymentMilestone,
    PaymentTerms,
)
from crm.services import cash, figures, forecasts, history, leads, payments
from crm.services.bundle import stages
from crm.services.bundle.completing import derived_id
from crm.services.bundle.lookups import chunks
from crm.services.bundle.rows import Moments, Row
from crm.services.bundle.storing import Store

REASON = history.IMPORT
MONEY = {"payment_terms", "milestones", "invoices", "payments"}
Stores = dict[str, Store]


@dataclass(frozen=True, slots=True)
class Paid:
    """An invoice that its file calls paid."""

    line: int
    ledger_id: str
    paid_date: date
    amount: Decimal


def payments_of(paid: Sequence[Paid], moments: Moments, *, are_told: bool) -> Iterable[Row]:
    """Yield one payment of the full amount for each paid invoice that has none of its own.

    `are_told`: the bundle has payments.csv, so an invoice with any payment is left alone.
    """
    for chunk in chunks(paid, 500):
        there = Payment.objects.filter(invoice__ledger_id__in=[one.ledger_id for one in chunk])
        known = set(there.values_list("invoice__ledger_id", "ledger_id"))
        for one in chunk:
            name = derived_id(f"{one.ledger_id}/paid")
            others = {(one.ledger_id, name)} if not are_told else set()
            if any(invoice == one.ledger_id for invoice, _payment in known - others):
                continue
            yield Row(
                one.line,
                {
                    "ledger_id": name,
                    "invoice_id": one.ledger_id,
                    "paid_date": one.paid_date,
                    "amount": one.amount,
                },
                soft={"recorded_at": moments.known_since(one.paid_date)},
            )


def link(stores: Stores) -> None:
    """Fill in links and dates that follow from other files, where the bundle had no column."""
    _link_accounts(stores["accounts"])
    if contacts := stores.get("contacts"):
        _link_contacts(contacts)
    if milestones := stores.get("milestones"):
        _link_milestones(milestones)
    if invoices := stores.get("invoices"):
        _link_invoices(invoices)
    if "stage_changes" not in stores:
        parser = stores["leads"].parser
        stages.derive(stores["leads"].created, is_stage_known=parser.has_column("stage"))


def _link_accounts(store: Store) -> None:
    """An account was known when its first lead was opened."""
    if store.parser.has_column("recorded_at"):
        return
    opened = Lead.objects.filter(account=OuterRef("pk")).order_by().values("account")
    first = Subquery(opened.annotate(at=Min("opened_at")).values("at"))
    for chunk in chunks(store.created, 500):
        Account.objects.filter(pk__in=chunk).update(recorded_at=Coalesce(first, F("recorded_at")))


def _link_contacts(store: Store) -> None:
    """A contact without a first day was known with its account."""
    if store.parser.has_column("recorded_at"):
        return
    known = Subquery(Account.objects.filter(pk=OuterRef("account")).values("recorded_at"))
    for chunk in chunks(store.created, 500):
        Contact.objects.filter(pk__in=chunk, first_seen_date=None).update(recorded_at=known)


def _link_milestones(store: Store) -> None:
    """A milestone belongs to the agreed terms of its lead, and was known with them."""
    agreed = PaymentTerms.objects.filter(
        lead=OuterRef("lead"), status=PaymentTerms.Status.AGREED
    ).order_by("-happened_at", "-pk")
    changes: dict[str, Subquery | Coalesce] = {}
    if not store.parser.has_column("terms_id"):
        changes["terms"] = Subquery(agreed.values("pk")[:1])
    if not store.parser.has_column("recorded_at"):
        known = Subquery(agreed.values("recorded_at")[:1])
        changes["recorded_at"] = Coalesce(known, F("recorded_at"))
    for chunk in chunks(store.created if changes else [], 500):
        PaymentMilestone.objects.filter(pk__in=chunk).update(**changes)


def _link_invoices(store: Store) -> None:
    """An invoice bills the milestone of its lead that has the same name."""
    if store.parser.has_column("milestone_id"):
        return
    same = PaymentMilestone.objects.filter(
        lead=OuterRef("lead"), label=OuterRef("milestone_label")
    ).order_by("pk")
    for chunk in chunks(store.created, 500):
        Invoice.objects.filter(pk__in=chunk).update(milestone=Subquery(same.values("pk")[:1]))


def settle(stores: Stores) -> None:
    """Recount what invoices of this import, or with payments of it, have been paid."""
    own = stores.get("invoices")
    ids = {*own.created, *own.updated} if own else set()
    if paid := stores.get("payments"):
        for chunk in chunks([*paid.created, *paid.updated], 500):
            ids |= set(Payment.objects.filter(pk__in=chunk).values_list("invoice_id", flat=True))
    changed = payments.recount(sorted(ids))
    if own:
        made = set(own.created)
        own.recounted = [pk for pk in changed if pk not in made]
    for store in stores.values():
        store.updated = sorted(set(store.updated) - set(store.created))


def keep_trail(stores: Stores, moments: Moments) -> None:
    """Write the first or next state of each row into the audit trail."""
    for store in stores.values():
        if not store.table.has_history:
            continue
        model = store.table.model
        history.keep(model, store.created, kind=history.MADE, now=moments.now, reason=REASON)
        changed = sorted({*store.updated, *store.recounted})
        history.keep(model, changed, kind=history.CHANGED, now=moments.now, reason=REASON)


def refresh(stores: Stores, moments: Moments) -> int:
    """Recount the figures of the leads that the import touched, and mark them for a new score."""
    touched = sorted({pk for store in stores.values() for pk in _leads_of(store)})
    figures.refresh(touched, now=moments.now)
    leads.mark_for_scoring(touched, now=moments.now)
    if MONEY & set(stores):
        cash.mark_leads(touched, now=moments.now)
        forecasts.ask(now=moments.now)
    return len(touched)


def _leads_of(store: Store) -> set[int]:
    ids = [*store.created, *store.updated, *store.recounted]
    found = set(store.former_leads)
    for chunk in chunks(ids if store.table.touches else [], 500):
        match store.table.touches:
            case "pk":
                found |= set(chunk)
            case "lead_id":
                rows = store.table.model._default_manager.filter(pk__in=chunk)
                found |= set(rows.exclude(lead=None).values_list("lead_id", flat=True))
            case "account":
                found |= _keys(Lead.objects.filter(account__in=chunk))
            case "contact":
                found |= _keys(Lead.objects.filter(account__contacts__in=chunk))
            case "interaction":
                effort = InteractionEffort.objects.filter(pk__in=chunk)
                of = Interaction.objects.filter(effort__in=effort)
                found |= set(of.values_list("lead_id", flat=True))
            case "invoice":
                billed = Invoice.objects.filter(payments__in=chunk)
                found |= set(payments.concerned_leads(list(billed.values_list("pk", flat=True))))
    return found


def _keys(rows: QuerySet[Lead]) -> set[int]:
    return set(rows.values_list("pk", flat=True))
