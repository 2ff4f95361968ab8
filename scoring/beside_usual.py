"""What a lead's value means beside what is usual for the vendor, as expressions."""

from polars import Expr, col, when

from scoring.feature import of_lead
from scoring.usual import ENOUGH_ORDERS, PRIOR_INVOICES, PRIOR_LEADS, late_rate, order_rate

LARGE_AMOUNT, LARGE_TIMES = 3_000_000.0, 10
USUAL_GAP_DAYS = 14.0
ACCOUNT_PSEUDO_LEADS = 4
ENOUGH_PAID, ACCOUNT_PSEUDO_INVOICES = 5, 2


def _odds(chance: Expr) -> Expr:
    return chance / (1 - chance)


def _lean(kind: Expr, everyone: Expr, *, low: float, high: float) -> Expr:
    """Return the points by which a kind's odds differ from everyone's: +10 is double."""
    return (10 * (_odds(kind) / _odds(everyone)).log(2)).clip(low, high).round(1)


def no_order_rate() -> Expr:
    """Return the vendor's usual share of leads without an order."""
    return 1 - order_rate(of_lead("usual_orders"), of_lead("usual_closed"))


def usual_late_rate() -> Expr:
    """Return the vendor's usual share of late payments."""
    return late_rate(of_lead("usual_late_invoices"), of_lead("usual_invoices"))


def large_from() -> Expr:
    """Return the value from which a first project is large for the vendor."""
    own = of_lead("usual_order_amount") * LARGE_TIMES
    return when(of_lead("usual_orders") >= ENOUGH_ORDERS).then(own).otherwise(LARGE_AMOUNT)


def usual_gap_days() -> Expr:
    """Return the usual days between contacts that a client of the kind begins."""
    of_kind, of_all = of_lead("usual_kind_gap_days"), of_lead("usual_gap_days")
    return of_kind.fill_null(of_all).fill_null(USUAL_GAP_DAYS).clip(lower_bound=1)


def kind_lean() -> Expr:
    """Say in points how the kind's own leads ended, held to the whole by ten pseudo-leads."""
    closed, orders = of_lead("usual_kind_closed"), of_lead("usual_kind_orders")
    of_kind = (closed - orders + PRIOR_LEADS * no_order_rate()) / (closed + PRIOR_LEADS)
    return when(closed > 0).then(_lean(of_kind, no_order_rate(), low=-4, high=4))


def account_share() -> Expr:
    """Return how far the account's share of leads without an order exceeds the vendor's."""
    earlier, orders = col("earlier_lead").sum(), col("earlier_order").sum()
    pseudo = ACCOUNT_PSEUDO_LEADS
    without = earlier.cast(int) - orders.cast(int)
    share = (without + pseudo * no_order_rate()) / (earlier + pseudo)
    excess = ((share - no_order_rate()) / (1 - no_order_rate())).clip(lower_bound=0)
    return when((earlier > 0) & ~col("paid_before").any()).then(excess)


def kind_payment_lean() -> Expr:
    """Say in points how late the kind's own invoices were paid, once five of them are."""
    late, known = of_lead("usual_kind_late_invoices"), of_lead("usual_kind_invoices")
    of_kind = (late + PRIOR_INVOICES * usual_late_rate()) / (known + PRIOR_INVOICES)
    return when(of_lead("usual_kind_paid_invoices") >= ENOUGH_PAID).then(
        _lean(of_kind, usual_late_rate(), low=-4, high=5)
    )


def account_days_late(median: Expr, invoices: Expr) -> Expr:
    """Return the account's usual days late, held to the vendor's by two pseudo-invoices."""
    pool = of_lead("usual_days_late").fill_null(0)
    pseudo = ACCOUNT_PSEUDO_INVOICES
    return (median * invoices + pool * pseudo) / (invoices + pseudo)
