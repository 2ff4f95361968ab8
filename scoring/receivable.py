"""The catalogue of late payment, R01 to R16: what terms, invoices and payments say."""

import polars as pl
from polars import Expr, col, when

from scoring.beside_usual import ENOUGH_PAID, account_days_late, kind_payment_lean
from scoring.feature import Feature, Risk, of_lead
from scoring.vocabulary import INTEGRATOR

RISES, FALLS, EITHER = Risk.RISES, Risk.FALLS, Risk.EITHER
RETENTION_MONTHS = 12
OPEN_TOO_LONG_DAYS = 90

opened, accepted, billed = col("opened"), col("accepted"), col("billed")
settled, unpaid, not_accepted = col("settled"), col("unpaid"), col("not_accepted")
current = col("current")


def _now(column: str) -> Expr:
    """Return what the latest terms say."""
    return col(column).filter(current).first()


def _says_so(column: str) -> Expr:
    return current & col(column).fill_null(value=False)


def _lacks(column: str) -> Expr:
    return current & (~col(column)).fill_null(value=False)


def _days_since(day: Expr) -> Expr:
    return (of_lead("as_of_day") - day).dt.total_days()


retention = _now("retention_percent") * _now("retention_months").fill_null(RETENTION_MONTHS)
open_days = _days_since(col("due_date").filter(unpaid).min())
late_days = (col("day") - col("due_date")).dt.total_days().filter(settled)
behind_plan = (
    when(not_accepted).then(of_lead("as_of_day")).otherwise(col("day")) - col("planned_date")
).dt.total_days()
milestones = accepted | not_accepted
slip_days = behind_plan.filter(milestones).max()
billing_days = (col("day") - col("accepted_day")).dt.total_days()
# A curve of today says nothing about a day before it was drawn.
knows_cash = (
    (_now("curve_made_at") <= of_lead("as_of")) & _now("low_point_months").is_not_null()
).fill_null(value=False)
is_unsigned = col("work_started").any() & ~col("contract_signed").any()

TERMS = (
    Feature(
        "prepayment", "R02", "%", FALLS, known_from="Q", says="p",
        rows=current & col("prepay_percent").is_not_null(), of=_now("prepay_percent"),
    ),
    Feature(
        "retention", "R03", "% x months", RISES, known_from="Q", says="measure",
        rows=current & col("retention_percent").is_not_null(), of=retention,
        told={"p": _now("retention_percent"), "m": _now("retention_months")},
    ),
    Feature(
        "payment_term", "R04", "days", RISES, known_from="Q", says="d",
        rows=current & col("term_days").is_not_null(), of=_now("term_days"),
    ),
    Feature("back_to_back", "R05", "clauses", RISES, known_from="Q", rows=_says_so("back_to_back")),
    Feature("by_audit", "R06", "clauses", RISES, known_from="Q", rows=_says_so("by_audit")),
    Feature(
        "no_acceptance_criteria", "R07", "clauses", RISES, known_from="C", says="criteria",
        rows=_lacks("has_criteria"),
    ),
    Feature(
        "no_deemed_acceptance", "R07", "clauses", RISES, known_from="C", says="deemed",
        rows=_lacks("deemed_accepted"),
    ),
    Feature(
        "onsite_before_payment", "R08", "person-days", RISES, known_from="C", says="h",
        rows=current & col("onsite_days").is_not_null(), of=_now("onsite_days"),
    ),
    Feature(
        "funded_by_us", "R09", "amount", RISES, known_from="C", says="x",
        rows=current & (col("funded_amount") > 0).fill_null(value=False),
        of=when(~knows_cash).then(_now("funded_amount")),
    ),
    Feature(
        "cash_low_point", "R09", "months of burn", FALLS, known_from="C", says="m",
        rows=current & col("low_point_months").is_not_null(),
        # A deal that needs no money lowers nothing.
        of=when(knows_cash & (_now("need_months") > 0)).then(_now("low_point_months")),
        told={"y": _now("low_point_amount"), "x": _now("funded_amount")},
    ),
    Feature(
        "work_without_contract", "R10", "yes or no", RISES, says="so", rows=col("work_started"),
        of=when(is_unsigned).then(1),
        told={"date": col("day").filter("work_started").min()},
    ),
    Feature(
        "pays_by_bill", "R11", "clauses", RISES, known_from="Q", rows=_says_so("by_bill"),
        told={"d": _now("bill_days")},
    ),
)  # fmt: skip
PAYER = (
    Feature(
        "account_kind_start", "R01", "kind", EITHER, says="type", rows=opened,
        of=when(of_lead("usual_kind_paid_invoices") < ENOUGH_PAID).then(of_lead("account_kind")),
    ),
    Feature(
        "account_kind_payments", "R01", "points", EITHER, says="lean", rows=opened,
        of=kind_payment_lean(),
        told={
            "type": of_lead("account_kind"),
            "d": of_lead("usual_kind_days_late"),
            "n": of_lead("usual_kind_paid_invoices"),
        },
    ),
    Feature(
        "through_an_integrator", "R12", "yes or no", RISES, known_from="Q", says="so", rows=opened,
        of=(of_lead("account_kind") == INTEGRATOR).cast(pl.Int64),
    ),
    Feature(
        "account_days_late", "R13", "days", RISES, known_from="V", says="held", rows=settled,
        of=when((open_days <= OPEN_TOO_LONG_DAYS).fill_null(value=True)).then(
            account_days_late(late_days.median(), late_days.count())
        ),
        told={"n": late_days.count(), "d": late_days.median()},
    ),
    Feature(
        "account_open_days", "R13", "days", RISES, known_from="V", says="open", rows=unpaid,
        of=open_days,
    ),
    Feature(
        "acceptance_slip", "R14", "days", RISES, known_from="V", says="d",
        rows=milestones, of=slip_days,
        told={"m": col("label").filter(milestones & (behind_plan == slip_days)).last()},
    ),
    Feature(
        "disputed_invoice", "R15", "invoices", RISES, known_from="V", says="disputed",
        rows=col("disputed"),
        told={
            "no": col("label").filter("disputed").last(),
            "date": col("day").filter("disputed").max(),
        },
    ),
    Feature(
        "late_billing", "R15", "days", RISES, known_from="V", says="d",
        rows=billed & (billing_days > 0).fill_null(value=False),
        of=when(~col("disputed").any()).then(billing_days.filter(billed).max()),
    ),
    Feature(
        "overdue_now", "R16", "days", RISES, known_from="V",
        not_fed="It is the state of an invoice, not points: the pages of money show it.",
    ),
)  # fmt: skip
FEATURES = (*TERMS, *PAYER)
