"""The milestones of the contract that stands: planned, reached, billed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from crm.models import Invoice, PaymentMilestone, PaymentTerms

MOST_MILESTONES = 48
BILL_WITHIN_DAYS = 15  # R15: a later invoice is our own delay


def term_days(milestone: PaymentMilestone | None, terms: PaymentTerms | None) -> int | None:
    """Return the days to pay that were agreed; None where nothing was."""
    if milestone is not None and milestone.term_days is not None:
        return milestone.term_days
    return terms.term_days if terms is not None else None


def planned_date(milestone: PaymentMilestone, terms: PaymentTerms | None) -> date | None:
    """Return when a milestone is planned for: its own day, else so long after the signature."""
    signed = terms.signed_date if terms else None
    if milestone.planned_date or milestone.trigger_day is None or signed is None:
        return milestone.planned_date
    return signed + timedelta(days=milestone.trigger_day)


def due_date(milestone: PaymentMilestone) -> date | None:
    """Return when the money of a milestone that was reached is due; None before, or unknown."""
    days = term_days(milestone, milestone.terms)
    if milestone.accepted_date is None or days is None:
        return None
    return milestone.accepted_date + timedelta(days=days)


@dataclass(frozen=True)
class Step:
    """One milestone of the contract; `invoice_pk` is the invoice that bills it, if any."""

    row: PaymentMilestone
    today: date
    invoice_pk: int | None
    gross_amount: Decimal | None = None

    @property
    def planned_date(self) -> date | None:
        """Return when it is planned for."""
        return planned_date(self.row, self.row.terms)

    @property
    def slip_days(self) -> int:
        """Return how many days it came, or is, behind its plan; below zero before it."""
        planned = self.planned_date
        if planned is None:
            return 0
        slip = ((self.row.accepted_date or self.today) - planned).days
        return slip if self.row.accepted_date else max(0, slip)

    @property
    def days_ahead(self) -> int:
        """Return how many days it came before its plan."""
        return max(0, -self.slip_days)

    @property
    def due_date(self) -> date | None:
        """Return when its money is due."""
        return due_date(self.row)

    @property
    def unbilled_days(self) -> int:
        """Return for how many days it could have been billed, once that is our own delay."""
        if self.invoice_pk or self.row.accepted_date is None:
            return 0
        days = (self.today - self.row.accepted_date).days
        return days if days > BILL_WITHIN_DAYS else 0


def steps(
    lead_id: int, *, today: date, amounts: Mapping[int, Decimal | None] | None = None
) -> list[Step]:
    """Return the milestones of a lead's contract in their order, with one query."""
    bills = Invoice.objects.filter(milestone=OuterRef("pk"), archived_at=None).order_by("pk")
    rows = (
        PaymentMilestone.objects.filter(
            lead=lead_id,
            archived_at=None,
            terms__status=PaymentTerms.Status.AGREED,
            terms__archived_at=None,
        )
        .select_related("terms")
        .annotate(invoice_pk=Subquery(bills.values("pk")[:1]))
        .order_by("terms__happened_at", "terms", "position", "pk")
    )
    known = amounts or {}
    return [Step(row, today, row.invoice_pk, known.get(row.pk)) for row in rows[:MOST_MILESTONES]]
