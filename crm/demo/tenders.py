"""Tenders, invitations and price inquiries of a pursuit."""

from datetime import datetime, timedelta

from crm.demo.pursuit import Pursuit, hours, money
from crm.models import Bid, Lead, Outcome

Kind, Choice, Result = Bid.Kind, Bid.Choice, Bid.Result
RESULTS = {Outcome.WON: Result.WON, Outcome.LOST: Result.LOST, Outcome.PREWIRED: Result.LOST}


def notice(pursuit: Pursuit, moment: datetime) -> Bid:
    """Tell of a notice or an invitation; the result comes with the end of the lead."""
    rng, manner = pursuit.rng, pursuit.manner
    through_notice = pursuit.lead.source == Lead.Source.TENDER_NOTICE
    kind = (
        Kind.OPEN if through_notice else rng.choice([Kind.INVITED, Kind.PRICE_INQUIRY, Kind.OPEN])
    )
    days = max(
        3, round(rng.lognormvariate(2.9 - 1.2 * manner.incumbent - manner.rivals * 0.2, 0.4))
    )
    deadline = pursuit.moments.day_of(moment) + timedelta(days=days)
    asked = pursuit.moments.after(rng, moment, 1) if pursuit.happens(0.6) else None
    bid = Bid(
        lead=pursuit.lead,
        kind=kind,
        happened_at=moment,
        recorded_at=pursuit.logged(moment),
        deadline_date=deadline,
        prep_days=days if pursuit.happens(0.85) else None,
        contact_before_notice=pursuit.unless_unknown(0.15, value=not through_notice),
        incumbent_known=pursuit.unless_unknown(0.4, value=pursuit.happens(manner.incumbent)),
        specification_fits_us=pursuit.unless_unknown(
            0.35, value=not pursuit.happens(0.1 + manner.incumbent)
        ),
        set_criteria=pursuit.unless_unknown(0.3, value=pursuit.happens(0.15)),
        bidders_count=rng.randint(3, 7) if pursuit.happens(0.5) else None,
        hours=hours(rng.uniform(6, 34)),
        choice=Choice.BID,
        questions_asked_at=asked if asked and asked <= pursuit.until else None,
    )
    if bid.questions_asked_at and pursuit.happens(0.75 - manner.incumbent):
        answered = pursuit.moments.after(rng, bid.questions_asked_at, rng.randint(1, 4))
        bid.questions_answered_at = answered if answered <= pursuit.until else None
    if kind == Kind.OPEN and deadline <= pursuit.moments.today:
        bid.deposit_amount, bid.deposit_paid_date = money(rng.uniform(5_000, 60_000)), deadline
    return pursuit.sheet.add(bid)


def result(pursuit: Pursuit, bid: Bid, closed_at: datetime) -> None:
    """Tell how the bid ended, and mostly get the deposit back."""
    day = pursuit.moments.day_of(closed_at)
    bid.result = RESULTS.get(Outcome(pursuit.ending), Result.CANCELLED)
    bid.result_date = day
    back = day + timedelta(days=pursuit.rng.randint(10, 90))
    if bid.deposit_amount and back <= pursuit.moments.today:
        bid.deposit_back_date = back
