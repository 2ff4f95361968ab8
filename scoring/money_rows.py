"""Rows of the timeline of money: terms, milestones, and what was billed and paid."""

from collections.abc import Callable

import polars as pl
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from polars import col

from crm.models import Invoice, Lead, LeadFact, Payment, PaymentMilestone, PaymentTerms
from scoring import states
from scoring.frames import MOMENT, MONEY, midnight, rows_of
from scoring.states import UNTIL
from scoring.tables import DATED, OPENING, Table, number
from scoring.vocabulary import Fact, Source

PAID_IN_FULL = 0.95
INVOICES = Table(
    Source.INVOICE,
    Invoice,
    lead="account_id",
    columns={
        "id": "pk",
        "account_id": "account_id",
        "account_kind": "account__kind",
        "own_lead": "lead_id",
        "milestone_id": "milestone_id",
        "issued_date": "issued_date",
        "due_date": "due_date",
        "disputed_date": "disputed_date",
        "recorded_at": "recorded_at",
        "amount": number("amount"),
        "label": "number",
    },
    read_as={
        "issued_date": pl.Date,
        "due_date": pl.Date,
        "disputed_date": pl.Date,
        "recorded_at": MOMENT,
        "amount": pl.Float64,
        "label": pl.String,
        "account_kind": pl.String,
    },
    current=("account_id",),
)
PAYMENTS = Table(
    Source.PAYMENT,
    Payment,
    lead="invoice__account_id",
    columns={
        "id": "pk",
        "invoice_id": "invoice_id",
        "paid_date": "paid_date",
        "recorded_at": "recorded_at",
        "paid": number("amount"),
    },
    read_as={"paid_date": pl.Date, "recorded_at": MOMENT, "paid": pl.Float64},
)
# A milestone without a day of its own is planned for so long after the signature.
PLANNED = {
    "planned_date": "planned_date",
    "signed_date": "terms__signed_date",
    "trigger_day": "trigger_day",
}
PLANNED_AS = {"signed_date": pl.Date, "trigger_day": pl.Int64}
PLAN = {
    "planned_date": col("planned_date").fill_null(
        col("signed_date") + pl.duration(days=col("trigger_day"))
    )
}
# A date that a draft only planned cannot slip.
OF_A_CONTRACT = Q(terms=None) | Q(terms__status=PaymentTerms.Status.AGREED)
MONEY_TABLES = (
    Table(Source.OPENING, Lead, lead="pk", columns=OPENING),
    Table(
        Source.TERMS,
        PaymentTerms,
        columns={
            **DATED,
            "prepay_percent": number("prepay_percent"),
            "retention_percent": number("retention_percent"),
            "retention_months": number("retention_months"),
            "term_days": "term_days",
            "back_to_back": "is_back_to_back",
            "by_audit": "accepted_by_audit",
            "has_criteria": "has_acceptance_criteria",
            "deemed_accepted": "has_deemed_acceptance",
            "by_bill": "pays_by_bill",
            "bill_days": "bill_days",
            "funded_amount": number("vendor_funded_amount"),
            "onsite_days": number("onsite_person_days"),
        },
        beside={
            "curve_made_at": "cash__made_at",
            "low_point_months": number(KeyTextTransform("low_point_months", "cash__result")),
            "low_point_amount": number(KeyTextTransform("low_point", "cash__result")),
            "need_months": number(KeyTextTransform("runway_months", "cash__result")),
        },
    ),
    Table(
        Source.FACT,
        LeadFact,
        only=Q(kind__in=[Fact.WORK_STARTED, Fact.CONTRACT_SIGNED]),
        columns={**DATED, "kind": "kind"},
    ),
    Table(
        Source.MILESTONE,
        PaymentMilestone,
        only=OF_A_CONTRACT,
        columns={
            **DATED,
            "happened_at": "recorded_at",
            "milestone_id": "pk",
            **PLANNED,
            "label": "label",
        },
        read_as=PLANNED_AS,
        made=PLAN,
    ),
    Table(
        Source.ACCEPTANCE,
        PaymentMilestone,
        only=Q(accepted_date__isnull=False) & OF_A_CONTRACT,
        columns={
            **DATED,
            "happened_at": "accepted_date",
            "recorded_at": "accepted_recorded_at",
            "entered_at": "recorded_at",
            "milestone_id": "pk",
            **PLANNED,
            "label": "label",
        },
        read_as={"happened_at": pl.Date, "entered_at": MOMENT, **PLANNED_AS},
        # A contract that follows another takes over its days, and plans them anew.
        made={"recorded_at": pl.max_horizontal("recorded_at", "entered_at"), **PLAN},
    ),
)


def rows(
    read: Callable[[Table], pl.DataFrame],
    leads: pl.DataFrame,
    *,
    zone: str,
    joined: pl.DataFrame | None,
) -> list[pl.DataFrame]:
    """Return the accounts' invoices, disputes and payments as rows of each of their leads.

    `read` reads a table of the accounts; `joined` says when leads came to their accounts by a
    merge; without it rows come as they stand.
    """
    billed = read(INVOICES)
    if billed.is_empty():
        return []
    paid = settlements(read(PAYMENTS), billed)
    billed = billed.with_columns(invoice_id=col("id"))
    disputed = billed.filter(col("disputed_date").is_not_null())
    parts = (
        (billed, "issued_date", Source.INVOICE, Source.EARLIER_INVOICE),
        (paid, "paid_date", Source.PAYMENT, Source.EARLIER_PAYMENT),
        (disputed, "disputed_date", Source.DISPUTE, None),
    )
    found = []
    for frame, day, own, other in parts:
        dated = frame.rename({day: "happened_at"}).with_columns(midnight("happened_at", zone))
        pairs = leads.select("lead_id", "account_id").join(dated, on="account_id")
        is_own = col("own_lead").eq_missing(col("lead_id"))
        found.append(_rows_of(own, pairs.filter(is_own)))
        if other:
            elsewhere = pairs.filter(~is_own)
            found.append(_rows_of(other, states.since_merged(elsewhere, joined, of="own_lead")))
    return found


def _rows_of(source: Source, pairs: pl.DataFrame) -> pl.DataFrame:
    return rows_of(source, pairs.select(name for name in (*MONEY, "id") if name in pairs.columns))


def all_invoices() -> pl.DataFrame:
    """Return all invoices as they stand."""
    return states.rows_of_table(INVOICES, _all, INVOICES.read_as, is_past=False)


def all_settlements(billed: pl.DataFrame) -> pl.DataFrame:
    """Return all payments as they stand, with the word which of them pay an invoice in full."""
    paid = states.rows_of_table(PAYMENTS, _all, PAYMENTS.read_as, is_past=False)
    return settlements(paid, billed)


def _all(_key: str) -> Q:
    return Q()


def settlements(paid: pl.DataFrame, billed: pl.DataFrame) -> pl.DataFrame:
    """Return payments with the word whether an invoice is paid in full by one of them.

    It stays so until so much is put away that too little is left.
    """
    rows = paid.with_columns(is_gone=pl.lit(value=False))
    if UNTIL in paid.columns:
        gone = rows.filter(col(UNTIL).is_not_null())
        gone = gone.with_columns(-col("paid"), recorded_at=UNTIL, is_gone=pl.lit(value=True))
        rows = pl.concat([rows, gone])
    of_invoice = billed.unique("id", keep="first", maintain_order=True)
    of_invoice = of_invoice.select("amount", invoice_id="id")
    # In the order in which they were known: a forgotten one found later changes no past moment.
    rows = rows.join(of_invoice, on="invoice_id").sort("recorded_at", "paid_date", "id", "is_gone")
    so_far = col("paid").cum_sum().over("invoice_id")
    enough = col("amount") * PAID_IN_FULL
    is_paid, was_paid = so_far >= enough, so_far - col("paid") >= enough
    rows = rows.with_columns(
        settles=is_paid & ~was_paid, fell_at=pl.when(was_paid & ~is_paid).then("recorded_at")
    )
    fell_at = col("fell_at").backward_fill().over("invoice_id")
    ends = pl.when("settles").then(fell_at).otherwise(UNTIL if UNTIL in paid.columns else None)
    kept = rows.with_columns(until_at=ends).filter(~col("is_gone") | col("settles"))
    return _beside_invoice(kept.drop("is_gone", "fell_at", "amount"), billed)


def _beside_invoice(paid: pl.DataFrame, billed: pl.DataFrame) -> pl.DataFrame:
    """Return payments with what their invoice said at each time."""
    billed = (
        billed
        if UNTIL in billed.columns
        else billed.with_columns(pl.lit(None, MOMENT).alias(UNTIL))
    )
    both = paid.join(billed.rename({"id": "invoice_id"}), on="invoice_id", suffix="_of_bill")
    both = both.with_columns(
        recorded_at=pl.max_horizontal("recorded_at", "recorded_at_of_bill"),
        until_at=pl.min_horizontal(UNTIL, f"{UNTIL}_of_bill"),
    )
    stood = (col("recorded_at") < col(UNTIL)).fill_null(value=True)
    return both.filter(stood).drop("recorded_at_of_bill", f"{UNTIL}_of_bill")
