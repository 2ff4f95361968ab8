"""What signing each draft would do to the low point of the firm's cash."""

from datetime import date
from typing import Any

import numpy as np

from crm.models import PaymentTerms
from scoring import cash, deal_cash, firm_cash, firm_receipts, levers
from scoring.cash import Floats
from scoring.deal_cash import Context, NotEnough
from scoring.firm_cash import Projection

MOST_DRAFTS = 8
DAYS = firm_cash.WEEKS * firm_cash.WEEK


def effects(base: Projection, found: Context) -> list[dict[str, Any]]:
    """Return the drafts with the low point before and after, the lowest after first."""
    before, _day = base.lowest(base.base)
    told = []
    for terms in firm_receipts.drafts()[:MOST_DRAFTS]:
        try:
            flow = flow_of(terms, found, start=base.start)
        except NotEnough:
            continue
        after, day = base.lowest(base.with_flow(flow))
        told.append(
            {
                "terms": terms.pk,
                "lead": terms.lead_id,
                "from": before,
                "to": after,
                "date": day.isoformat(),
            }
        )
    return sorted(told, key=lambda one: one["to"])


def flow_of(terms: PaymentTerms, found: Context, *, start: date) -> Floats:
    """Return what terms, signed as they are, move on each of the next days, draw by draw.

    What was spent before the signature is gone already. Raises NotEnough.
    """
    inputs = deal_cash.inputs_of(terms, found)
    deal = levers.paid_pre_sales(inputs) or inputs.deal
    flow, _days = cash.drawn(deal, deal_cash.delay_of(terms, found), draws=firm_cash.DRAWS)
    ahead = max((terms.signed_date - start).days, 0) if terms.signed_date else 0
    # The day after the start takes what falls before it; the last one nothing of what comes after.
    first = 1 - ahead - cash.FIRST_DAY
    moved: Floats = np.zeros((len(flow), DAYS))
    moved[:, 0] = flow[:, : max(first, 0)].sum(axis=1)
    own = flow[:, max(first, 0) : first + DAYS]
    moved[:, DAYS - own.shape[1] :] += own
    return moved
