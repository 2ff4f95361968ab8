"""How much of its cap a lead has used up, what the firm's caps are, and whom that concerns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crm import rules
from crm.models import BudgetStage, Firm, Lead, PaymentTerms, User
from crm.models.lead import LeadQuerySet
from crm.selectors import leads_at

MOST_SHOWN = 4


def caps(firm: Firm) -> rules.Caps:
    """Return the firm's caps; the defaults where it has set none."""
    return caps_of(firm.limits)


def caps_of(said: Mapping[str, Any]) -> rules.Caps:
    """Return the caps that a firm has said."""
    usual = rules.Caps()
    return rules.Caps(
        hours_until_budget=_number(said, "cap_hours_until_budget", usual.hours_until_budget),
        hours_until_terms=_number(said, "cap_hours_until_terms", usual.hours_until_terms),
        share_of_value=_number(said, "cap_percent_of_value", usual.share_of_value * 100) / 100,
    )


def logo_deals_at_a_time(firm: Firm) -> int:
    """Return how many logo deals may run at a time."""
    usual = Decimal(rules.LOGO_DEALS_AT_A_TIME)
    return int(_number(firm.limits, "logo_deals_at_a_time", usual))


def _number(said: Mapping[str, Any], name: str, usual: Decimal) -> Decimal:
    try:
        return Decimal(str(said[name])) if said.get(name) not in (None, "") else usual
    except InvalidOperation:
        return usual


def shares(
    leads: QuerySet[Lead], *, usual: rules.Caps, hour_cost: Decimal, now: datetime
) -> Iterable[tuple[int, float | None, float]]:
    """Yield leads with the share of the cap that their rows show and the one that holds now."""
    found = leads.annotate(
        stage_said=leads_at.budget_stage(now),
        has_terms=Exists(PaymentTerms.objects.filter(lead=OuterRef("pk"), archived_at=None)),
    ).values_list(
        "pk", "effort_share", "stage_said", "has_terms", "unpaid_hours", "travel_amount",
        "cap_hours", "cap_amount", "est_value_amount",
    )  # fmt: skip
    for pk, shown, stage, terms, hours, travel, cap_hours, cap_amount, value in found.iterator():
        cap = rules.cap_of(
            usual,
            cap_hours=cap_hours,
            cap_amount=cap_amount,
            value=value,
            budget_known=stage not in {"", BudgetStage.NO_BUDGET},
            terms_known=terms,
        )
        spent = rules.exposure_amount(hours=hours, hour_cost=hour_cost, travel_amount=travel)
        yield pk, shown, rules.effort_share(hours=hours, amount=spent, cap=cap)


@dataclass(frozen=True)
class AtItsCap:
    """A lead that has used up most of its cap, and who may say how to go on."""

    lead: Lead
    is_frozen: bool
    may_review: bool


def at_their_caps(leads: LeadQuerySet, user: User, *, today: date) -> tuple[list[AtItsCap], int]:
    """Return the leads that wait for a word about their effort, the frozen ones first, and all.

    A lead that was reviewed is left in peace until its cap is reached.
    """
    near = Q(effort_share__gte=float(rules.CAP_WARNING_SHARE), effort_reviewed_at=None)
    over = Q(effort_share__gte=1) | Q(cap_date__lt=today)
    waiting = leads.open().filter(near | over).awake_at(today)
    ordered = waiting.select_related("account", "owner").order_by(
        F("effort_share").desc(nulls_last=True), "pk"
    )
    found = [
        AtItsCap(
            lead=lead,
            is_frozen=state_of(lead, today=today) == rules.Effort.FROZEN,
            may_review=lead.owner_id != user.pk,
        )
        for lead in ordered[:MOST_SHOWN]
    ]
    return found, waiting.count() if len(found) == MOST_SHOWN else len(found)


def state_of(lead: Lead, *, today: date) -> rules.Effort:
    """Return how the effort in a lead stands to its cap."""
    return rules.effort_state(lead.effort_share or 0.0, cap_date=lead.cap_date, today=today)


def reviewers(lead: Lead) -> QuerySet[User]:
    """Return the people other than the owner who see the lead and may review its effort."""
    others = User.objects.filter(is_active=True).exclude(pk=lead.owner_id or 0)
    may = Q(role=User.Role.FOUNDER)
    if lead.owner is None:
        may |= Q(role=User.Role.MANAGER)
    elif lead.owner.team_id:
        may |= Q(role=User.Role.MANAGER, team=lead.owner.team_id)
    return others.filter(may).order_by("display_name", "username")
