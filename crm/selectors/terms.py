"""Versions of payment terms as pages show them: what each says, and what changed between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django.db.models import Prefetch

from crm import shares
from crm.models import DealCost, Lead, PaymentMilestone, PaymentTerms
from crm.selectors.contract import planned_date

MOST_VERSIONS = 40
ASKED = (
    "is_back_to_back",
    "accepted_by_audit",
    "needs_internal_approval",
    "has_acceptance_criteria",
    "has_deemed_acceptance",
    "inspection_days",
    "pays_by_bill",
    "bill_days",
    "is_onsite",
    "onsite_person_days",
    "performance_bond_percent",
    "vendor_funded_amount",
    "retention_months",
    "sme_declared",
)
CLAUSES = frozenset(name for name in ASKED if name.startswith(("is_", "has_", "needs_")))
CLAUSES |= {"accepted_by_audit", "pays_by_bill", "sme_declared"}
OF_SUM = ("prepay_percent", "retention_percent", "term_days")


def newest(lead: Lead) -> PaymentTerms | None:
    """Return the version that counts."""
    current = PaymentTerms.objects.filter(lead=lead, archived_at=None)
    return current.order_by("-happened_at", "-pk").first()


def is_open(terms: PaymentTerms, last: PaymentTerms | None) -> bool:
    """Say whether a version may still change: the newest one, and not agreed."""
    newest_pk = last.pk if last else None
    return terms.pk == newest_pk and terms.status != PaymentTerms.Status.AGREED


@dataclass(frozen=True)
class Payment:
    """One payment of a version with its money; the amounts of a version add up to its value."""

    row: PaymentMilestone
    net_amount: Decimal | None
    vat_amount: Decimal | None
    planned_date: date | None

    @property
    def gross_amount(self) -> Decimal | None:
        """Return what comes in."""
        if self.net_amount is None:
            return None
        return self.net_amount + (self.vat_amount or 0)


@dataclass
class Version:
    """One version of terms with its place in the story."""

    terms: PaymentTerms
    number: int
    is_open: bool

    @cached_property
    def payments(self) -> list[Payment]:
        """Return the payments with their amounts."""
        rows = list(self.terms.milestones.all())
        parts = [row.share_percent or Decimal(0) for row in rows]
        total, rate = self.terms.contract_amount, self.terms.vat_percent
        net = shares.amounts(total, parts) if total is not None else [None] * len(rows)
        vat: Sequence[Decimal | None] = [None] * len(rows)
        if total is not None and rate is not None:
            vat = shares.amounts(shares.tax(total, rate), parts)
        return [
            Payment(row, one, tax, planned_date(row, self.terms))
            for row, one, tax in zip(rows, net, vat, strict=True)
        ]

    @property
    def costs(self) -> list[DealCost]:
        """Return what the deal costs."""
        return list(self.terms.costs.all())

    @property
    def shares_total(self) -> Decimal:
        """Return what the shares add up to."""
        return sum((one.row.share_percent or Decimal(0) for one in self.payments), Decimal(0))

    @property
    def is_ours(self) -> bool:
        """Say whether we proposed it."""
        return self.terms.status == PaymentTerms.Status.PROPOSED_BY_US

    @property
    def is_agreed(self) -> bool:
        """Say whether it was agreed."""
        return self.terms.status == PaymentTerms.Status.AGREED


def versions(lead: Lead) -> list[Version]:
    """Return the versions of a lead's terms, the oldest first."""
    payments = PaymentMilestone.objects.filter(archived_at=None)
    costs = DealCost.objects.filter(archived_at=None)
    rows = list(
        PaymentTerms.objects.filter(lead=lead, archived_at=None)
        .select_related("author", "cash")
        .prefetch_related(Prefetch("milestones", queryset=payments.order_by("position", "pk")))
        .prefetch_related(Prefetch("costs", queryset=costs.order_by("from_day", "pk")))
        .order_by("-happened_at", "-pk")[:MOST_VERSIONS]
    )
    last = rows[0] if rows else None
    for row in rows:
        row.lead = lead
    return [
        Version(row, number, is_open(row, last))
        for number, row in enumerate(reversed(rows), start=1)
    ]


def pair(found: Sequence[Version], *, first: int, second: int) -> tuple[Version, Version | None]:
    """Return the two versions to compare: those asked for, else the last draft and its answer."""
    by_key = {version.terms.pk: version for version in found}
    after = by_key.get(second, found[-1])
    before = by_key.get(first) or _answered(found, after)
    if before is None or before is after:
        return after, None
    asked = first in by_key and second in by_key
    if not asked and before.is_ours and not after.is_ours:
        return after, before  # the client's draft stands on the left, whoever wrote first
    return before, after


def _answered(found: Sequence[Version], after: Version) -> Version | None:
    """Return the last version before another one that came from the other side, or at all."""
    earlier = [version for version in found if version.number < after.number]
    other = [version for version in earlier if version.terms.status != after.terms.status]
    found_last = other or earlier
    return found_last[-1] if found_last else None


@dataclass(frozen=True)
class PaymentRow:
    """The same payment in two versions; a side that lacks it is None."""

    shown: Payment  # that of the later version, which gives name and trigger
    before: Payment | None
    after: Payment | None

    def _differs(self, name: str) -> bool:
        if self.before is None or self.after is None:
            return True
        return bool(getattr(self.before.row, name) != getattr(self.after.row, name))

    @property
    def share_differs(self) -> bool:
        """Say whether the share changed."""
        return self._differs("share_percent")

    @property
    def days_differ(self) -> bool:
        """Say whether the days to pay changed."""
        return self._differs("term_days")


def payment_rows(before: Version, after: Version | None) -> list[PaymentRow]:
    """Return the payments of two versions side by side, by their place."""
    left, right = before.payments, after.payments if after else []
    return [
        PaymentRow(two or one, one, two)
        for one, two in zip_longest(left, right)
        if two is not None or one is not None
    ]


@dataclass(frozen=True)
class FactRow:
    """One fact in two versions."""

    name: str
    label: str
    before: Any
    after: Any

    @property
    def differs(self) -> bool:
        """Say whether it changed."""
        return bool(self.before != self.after)


def fact_rows(before: Version, after: Version | None) -> list[FactRow]:
    """Return clauses and figures side by side; what neither version says is left out."""
    names = ASKED if before.payments else (*OF_SUM, *ASKED)
    found = []
    for name in ("contract_amount", "currency", "vat_percent", "signed_date", *names):
        left = getattr(before.terms, name)
        right = getattr(after.terms, name) if after else left
        if left is not None or right is not None or name in CLAUSES:
            label = str(getattr(PaymentTerms._meta.get_field(name), "verbose_name", name))
            found.append(FactRow(name, label, left, right))
    return found


def version_of(lead: Lead, pk: int) -> Version | None:
    """Return one version of a lead's terms, None where the lead has no such one."""
    return next((one for one in versions(lead) if one.terms.pk == pk), None) if pk else None
