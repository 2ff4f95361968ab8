"""What the templates of a lead's page are given, for the whole page and for its parts."""

from typing import Any

from crm import answer_buttons
from crm.answer_buttons import Button
from crm.models import Firm, Lead, Mark, User
from crm.selectors import contract, decide, lead_beside, standing_decisions
from crm.selectors.contract import Step
from crm.selectors.lead_events import offers_of
from crm.selectors.lead_page import LeadPage
from crm.views.moments import Moment


def of_page(found: Any, page: LeadPage, *, user: User, shown: Moment) -> dict[str, Any]:
    """Return what each part of the page needs."""
    sells = user.has_perm("crm.sell")
    return {
        "page": page,
        "lead": found,
        "moment": shown,
        "may_sell": sells,
        "may_answer": sells and page.is_open and shown.day is None,
    }


def of_cards(
    found: Any, page: LeadPage, *, user: User, firm: Firm, shown: Moment, chosen: str = ""
) -> dict[str, Any]:
    """Return what the cards beside the timeline need."""
    return of_page(found, page, user=user, shown=shown) | {
        "beside": lead_beside.beside(
            found, page, firm=firm, moment=shown.at, today=shown.today, chosen=chosen
        ),
        "decided": standing_decisions.of_lead(
            found,
            user=user,
            moment=shown.at,
            today=shown.today,
            offers=offers_of(page.events),
        ),
        "buttons": _buttons(found, page),
        "contract": _contract(found, shown),
    }


def _contract(found: Any, shown: Moment) -> list[Step]:
    """Return the milestones of the contract as they stand; a day of the past shows none."""
    if not found.has_milestones or shown.day is not None:
        return []
    return contract.steps(found.pk, today=shown.today)


def _buttons(lead: Lead, page: LeadPage) -> list[Button]:
    order, late = page.score, page.late
    flagged = lead.verdict in decide.ALARMING or lead.payment_mark == Mark.HIGH
    play = answer_buttons.suggested(
        verdict=lead.verdict,
        pattern=lead.pattern,
        order=order.stored.reasons if order else (),
        late=late.stored.reasons if late else (),
    )
    return answer_buttons.buttons(play if flagged else None)
