"""The files of a bundle that hold money: terms, costs, invoices, payments, and the rules."""

from crm.models import (
    DealCost,
    Invoice,
    InvoiceReminder,
    Payment,
    PaymentMilestone,
    PaymentRule,
    PaymentTerms,
    ReferenceRate,
)
from crm.services.bundle import cells
from crm.services.bundle.layout import Table, layout
from crm.services.bundle.parts import REQUIRED, DayAndMoment, Plain, Told

TABLES: tuple[Table, ...] = (
    Table(
        "payment_terms",
        PaymentTerms,
        layout(
            PaymentTerms,
            "lead_id=lead status date prepay_pct=prepay_percent retention_pct=retention_percent"
            " term_days back_to_back=is_back_to_back acceptance_by_audit=accepted_by_audit"
            " pays_by_bill onsite=is_onsite vendor_funded_cost_cny=vendor_funded_amount"
            " terms_id=ledger_id",
            DayAndMoment("happened_at", ("date", "happened_at"), REQUIRED),
            Plain("ledger_id", ("terms_id",), "", cell=cells.Name(64)),
        ),
        touches="lead_id",
        dated=("happened_at",),
    ),
    Table(
        "deal_costs",
        DealCost,
        layout(DealCost, "cost_id=ledger_id terms_id=terms"),
        past=("recorded_at",),
    ),
    Table(
        "milestones",
        PaymentMilestone,
        layout(
            PaymentMilestone,
            "milestone_id=ledger_id lead_id=lead name=label pct=share_percent"
            " planned=planned_date accepted=accepted_date",
        ),
        past=("recorded_at", "accepted_date"),
        touches="lead_id",
    ),
    Table(
        "invoices",
        Invoice,
        layout(
            Invoice,
            "invoice_id=ledger_id lead_id=lead account_id=account milestone=milestone_label"
            " amount_cny=amount issued_at=issued_date due_at=due_date paid_at status",
            Told("settled_date", ("paid_at",)),
            Told("", ("status",)),
        ),
        past=("recorded_at", "issued_date"),
        touches="lead_id",
    ),
    Table(
        "payments",
        Payment,
        layout(Payment, "payment_id=ledger_id invoice_id=invoice paid_at=paid_date"),
        past=("recorded_at", "paid_date"),
        touches="invoice",
    ),
    Table(
        "reminders",
        InvoiceReminder,
        layout(InvoiceReminder, "invoice_id=invoice step sent_at sent_by"),
        key=("invoice_id", "step"),
        past=("sent_at",),
        append_only=True,
    ),
    Table(
        "payment_rules",
        PaymentRule,
        layout(PaymentRule, "code valid_from"),
        key=("code", "valid_from"),
        kept=frozenset(),
        past=(),
    ),
    Table(
        "reference_rates",
        ReferenceRate,
        layout(ReferenceRate, "code valid_from"),
        key=("code", "valid_from"),
        kept=frozenset(),
        past=(),
    ),
)
