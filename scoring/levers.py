"""Levers of a deal: one change of its terms a row, each simulated on the same futures.

A lever that does not apply (the terms grant it already) is left out. Rows that hardly help stay:
that they do not is what they teach.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from scoring.cash import Cost, Deal, Lump, Milestone, Slip

ADVANCE, RETENTION = 0.30, 0.03
SHORT_TERM_DAYS = 30
DEEMED = Slip(15, 0.7)
THIRDS = (0.30, 0.30, 0.30, 0.10)


@dataclass(frozen=True)
class Inputs:
    """A deal with what its levers need to know beside the money."""

    deal: Deal
    acceptance: int | None  # place of the milestone that waits for an acceptance
    retention: int | None
    on_site: Sequence[int] = ()  # places of costs of people on site
    pre_sales: Sequence[int] = ()  # places of lumps that nobody pays for


Lever = Callable[[Inputs], Deal | None]


def levers(inputs: Inputs) -> Iterator[tuple[str, Deal]]:
    """Yield each lever that changes something: its code and the deal after it."""
    for code, lever in LEVERS.items():
        changed = lever(inputs)
        if changed is not None and changed != inputs.deal:
            yield code, changed


def _with_shares(deal: Deal, shares: Sequence[float]) -> Deal:
    milestones = [
        replace(one, share=share)
        for one, share in zip(deal.milestones, shares, strict=True)
        if share > 0
    ]
    return replace(deal, milestones=tuple(milestones))


def higher_advance(inputs: Inputs) -> Deal | None:
    """Ask for 30 % in advance; the rest keeps its proportions."""
    shares = [one.share for one in inputs.deal.milestones]
    if not shares or shares[0] >= ADVANCE or not _is_advance(inputs.deal.milestones[0]):
        return _new_advance(inputs.deal) if shares else None
    left = (1 - ADVANCE) / (1 - shares[0]) if shares[0] < 1 else 0
    return _with_shares(inputs.deal, [ADVANCE, *(share * left for share in shares[1:])])


def _is_advance(milestone: Milestone) -> bool:
    return milestone.trigger_day <= 0


def _new_advance(deal: Deal) -> Deal | None:
    """Return a deal with an advance where there was none; None where it is high enough."""
    if _is_advance(deal.milestones[0]):
        return None
    first = Milestone(ADVANCE, 0, deal.milestones[0].term_days)
    rest = [replace(one, share=one.share * (1 - ADVANCE)) for one in deal.milestones]
    return replace(deal, milestones=(first, *rest))


def wait_for_advance(inputs: Inputs) -> Deal | None:
    """Ask for 30 % in advance and start only when it is paid."""
    deal = higher_advance(inputs) or inputs.deal
    if not deal.milestones or not _is_advance(deal.milestones[0]):
        return None
    first, *rest = deal.milestones
    gated = replace(first, received_day=first.trigger_day - 1)
    return replace(deal, milestones=(gated, *rest))


def thirds(inputs: Inputs) -> Deal | None:
    """Ask for 30/30/30/10 where there are four payments."""
    if len(inputs.deal.milestones) != len(THIRDS):
        return None
    return _with_shares(inputs.deal, THIRDS)


def both_gates(inputs: Inputs) -> Deal | None:
    """Ask for 30/30/30/10 and work on only when the first two are paid."""
    deal = thirds(inputs)
    if deal is None:
        return None
    first, second, *rest = deal.milestones
    return replace(
        deal,
        milestones=(
            replace(first, received_day=first.trigger_day - 1),
            replace(second, received_day=second.trigger_day),
            *rest,
        ),
    )


def shorter_term(inputs: Inputs) -> Deal | None:
    """Ask for 30 days after the acceptance."""
    return _change(inputs, inputs.acceptance, term_days=SHORT_TERM_DAYS, only_below=True)


def deemed_acceptance(inputs: Inputs) -> Deal | None:
    """Ask that an acceptance which nobody holds counts as given."""
    place = inputs.acceptance
    if place is None or not inputs.deal.milestones[place].slip:
        return None
    slip = inputs.deal.milestones[place].slip
    if slip and slip.median_days <= DEEMED.median_days:
        return None
    return _change(inputs, place, slip=DEEMED)


def _change(
    inputs: Inputs,
    place: int | None,
    *,
    term_days: int | None = None,
    slip: Slip | None = None,
    only_below: bool = False,
) -> Deal | None:
    if place is None:
        return None
    milestones = list(inputs.deal.milestones)
    one = milestones[place]
    if term_days is not None and (not only_below or one.term_days > term_days):
        one = replace(one, term_days=term_days)
    if slip is not None:
        one = replace(one, slip=slip)
    milestones[place] = one
    return replace(inputs.deal, milestones=tuple(milestones))


def lower_retention(inputs: Inputs) -> Deal | None:
    """Ask for a retention of 3 %; what is freed falls due with the acceptance."""
    place, to = inputs.retention, inputs.acceptance
    if place is None or to is None or inputs.deal.milestones[place].share <= RETENTION:
        return None
    shares = [one.share for one in inputs.deal.milestones]
    shares[to] += shares[place] - RETENTION
    shares[place] = RETENTION
    return _with_shares(inputs.deal, shares)


def paid_pre_sales(inputs: Inputs) -> Deal | None:
    """Have the work before the contract paid for."""
    if not inputs.pre_sales:
        return None
    kept: list[Lump] = [
        lump for place, lump in enumerate(inputs.deal.lumps) if place not in inputs.pre_sales
    ]
    return replace(inputs.deal, lumps=tuple(kept))


def half_on_site(inputs: Inputs) -> Deal | None:
    """Spend half of the months on site."""
    if not inputs.on_site:
        return None
    costs: list[Cost] = [
        replace(cost, end_day=cost.first_day + (cost.end_day - cost.first_day) // 2)
        if place in inputs.on_site
        else cost
        for place, cost in enumerate(inputs.deal.costs)
    ]
    return replace(inputs.deal, costs=tuple(costs))


LEVERS: dict[str, Lever] = {
    "HIGHER_ADVANCE": higher_advance,
    "WAIT_FOR_ADVANCE": wait_for_advance,
    "THIRDS": thirds,
    "BOTH_GATES": both_gates,
    "SHORTER_TERM": shorter_term,
    "DEEMED_ACCEPTANCE": deemed_acceptance,
    "LOWER_RETENTION": lower_retention,
    "PAID_PRE_SALES": paid_pre_sales,
    "HALF_ON_SITE": half_on_site,
}
